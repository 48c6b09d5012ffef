"""The chapters of the tutorial are one path, and each has the parts that a reader expects."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.serving import ROOT

DOCS = ROOT / "docs"
INDEX = (DOCS / "tutorial" / "index.md").read_text()
NAVIGATION = str(tomllib.loads((ROOT / "zensical.toml").read_text())["project"]["nav"])
# The number and the file of each chapter, in the order of the site.
CHAPTERS = re.findall(r"(\d\.\d) [^:]*: '([\w/-]+\.md)'", NAVIGATION)
PARTS = [
    "**Goal**",
    "**You need**",
    "What happened",
    "## What differs",
    "## Exercises",
    "Solutions:",
]


def text(file: str) -> str:
    return (DOCS / file).read_text()


def targets(file: str, line: str) -> list[Path]:
    return [
        (DOCS / file).parent.joinpath(link).resolve() for link in re.findall(r"\((\S+?)\)", line)
    ]


def test_the_chapters_are_numbered_in_order() -> None:
    numbers = [number for number, _ in CHAPTERS]

    assert numbers == sorted(numbers)
    assert sorted({number[0] for number in numbers}) == list("1234567")


@pytest.mark.parametrize(("number", "file"), CHAPTERS)
def test_a_chapter_has_its_number_its_parts_and_its_minutes(number: str, file: str) -> None:
    chapter = text(file)

    assert chapter.startswith(f"# {number} ")
    positions = [chapter.find(part) for part in PARTS]
    assert -1 not in positions and positions == sorted(positions)
    minutes = re.search(r"(\d+) minutes|An afternoon", chapter)
    assert minutes and int(minutes[1] or 0) <= 15
    [row] = [line for line in INDEX.splitlines() if line.startswith(f"| [{number} ")]
    assert targets("tutorial/index.md", row) == [DOCS / file]
    assert row.endswith(f"| {minutes[1] or 'an afternoon'} |")


@pytest.mark.parametrize(("number", "file"), CHAPTERS)
def test_a_chapter_after_part_2_begins_with_its_surprise(number: str, file: str) -> None:
    first = text(file).split("\n\n")[1]

    assert first.startswith("The surprise: **") is (number > "3")


@pytest.mark.parametrize(("here", "after"), [*zip(CHAPTERS, CHAPTERS[1:], strict=False)])
def test_a_chapter_leads_to_the_next_one(here: tuple[str, str], after: tuple[str, str]) -> None:
    end = text(here[1]).rpartition("ext: ")[2]

    assert targets(here[1], end)[0] == DOCS / after[1]


def test_the_table_of_the_two_sales_is_what_the_chapters_show() -> None:
    rows = re.findall(r"^\| ([\w, ]+) \| (.*\d\d.*) \|$", INDEX, re.MULTILINE)
    shown = {}
    for name in "postgresql", "mariadb", "dolt", "doltlite", "mongodb", "djongo":
        lines = re.findall(r"^.*: (.*); the stock went from 28 to (\d+)$", text(f"{name}.md"), re.M)
        shown[name] = (lines[0][0], [left for _, left in lines])

    table = {
        name.lower(): ("error" in cells, re.findall(r"\b2[67]\b", cells))
        for names, cells in rows
        for name in names.split(", ")
    }

    assert table == {name: ("Error" in first, left) for name, (first, left) in shown.items()}
