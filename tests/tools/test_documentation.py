"""The links, test names and generated tables of the documentation are correct."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from matrix.documents import BEGIN, END, PARTS, PARTS_OF_CONTAINERS, write_documents
from matrix.features import REQUIREMENTS
from matrix.markdown import linked_table
from matrix.report import write
from matrix.results import Matrix, Result
from matrix.results import Test as Ended
from matrix.tables import piped
from tests.serving import ROOT


def test_every_internal_link_of_the_documentation_resolves() -> None:
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target, anchor in re.findall(
            r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", document.read_text()
        ):
            file = document.parent / target if target else document
            assert file.exists(), f"{document.name}: {target}"
            assert not anchor or anchor in anchors(file), f"{document.name}: {target}#{anchor}"


def anchors(document: Path) -> set[str]:
    """Return the anchors that GitHub generates from the headings of a document."""
    headings = re.findall(r"^#+ (.*)", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_test_that_the_documentation_names_exists() -> None:
    tests = "".join(file.read_text() for file in (ROOT / "tests").rglob("*.py"))
    for document in (ROOT / "docs").rglob("*.md"):
        for name in re.findall(r"`(test_\w+)`", document.read_text()):
            assert f"def {name}(" in tests, f"{document.name}: {name}"


def cells(lines: str) -> list[tuple[str, ...]]:
    """Return the rows of a table in Markdown, without its links, or on a terminal."""
    text = re.sub(r"\[(.+?)\]\([^)]*\)", r"\1", lines)
    return [tuple(re.split(r"\s{2,}|\s*\|\s*", line.strip(" |"))) for line in text.splitlines()]


def part(document: str) -> str:
    """Return the text between the two comments."""
    return (ROOT / document).read_text().partition(BEGIN)[2].partition(END)[0]


def test_all_tables_of_the_documentation_come_from_one_run() -> None:
    run = (ROOT / "docs" / "matrix.md").read_text()
    rows = [row for row in cells(part("README.md").partition("\n…\n- ")[0]) if len(row) > 1]

    assert len(rows) > 5
    assert set(rows) <= set(cells(run))
    assert part("docs/nosql.md").strip() in run
    assert set(cells(part("docs/which-database.md"))) <= {*cells(run), ("",)}


def test_the_summary_shows_the_measured_speed() -> None:
    speeds = {*cells((ROOT / "docs" / "speed.md").read_text())}
    summary = (ROOT / "docs" / "which-database.md").read_text()
    shown = summary.partition("## Speed")[2].partition("## Operation")[0]
    rows = [row for row in cells(shown) if len(row) > 1]

    assert len(rows) >= 6 and {*rows} <= speeds


def test_a_run_replaces_only_the_text_between_the_comments(
    tmp_path: Path,
) -> None:
    check, other = "tests/orm/checks/test_a.py::test_1", "tests/test_a.py::test_2"
    third = "tests/versioning/test_a.py::test_3"
    skew = Ended(feature=["isolation", "write skew prevented"], observed="40001, retried")
    feature = Ended(feature=[REQUIREMENTS, "lists"])
    diff = Ended(feature=["version control", "a diff"], observed="emulated")
    different = Ended("expected", "no SQL", feature=["isolation", "write skew prevented"])
    results = [
        Result("dolt", "passed", "Dolt 1", 12, tests={check: skew, other: feature, third: diff}),
        Result("mongodb", "passed", "MongoDB 8", 20, tests={check: different}),
        Result("cockroachdb", command="get cockroach"),
        Result("tools", "passed", "none", tests={"tests/tools/test_b.py::test_3": Ended()}),
    ]
    matrix = Matrix(results, "Python 3, 4 minutes on 2 cores")
    (tmp_path / "docs").mkdir()
    for document in PARTS:
        (tmp_path / document).write_text(f"before\n{BEGIN}old{END}\nafter\n")

    written = list(write_documents(matrix, tmp_path))

    assert written == ["docs/matrix.md", *PARTS]
    readme, deciding, features, versions = ((tmp_path / name).read_text() for name in PARTS)
    for text in (readme, deciding, features, versions):
        assert text.startswith(f"before\n{BEGIN}") and text.endswith(f"{END}\nafter\n")
    assert "\n".join(piped(linked_table(matrix, REQUIREMENTS))) in features
    assert "| [lists](../tests/test_a.py) | yes | · | not run |" in features
    assert "a diff" not in features
    diff_row = "| [a diff](../tests/versioning/test_a.py) | emulated |\n"
    assert f"|  | dolt |\n| --- | --- |\n{diff_row}" in versions
    assert "| 40001, retried | no | not run |\n" in deciding
    assert "\nwrite skew prevented  40001, retried  no       not run\n" in readme
    assert "\nall      3     0 +1 expected  NOT RUN      1\n" in readme
    assert "\n- mongodb: MongoDB 8\n" in readme
    assert "\n4 passed, 0 failed, 1 xfailed\n```" in readme
    assert "4 minutes on 2 cores" in (tmp_path / "docs" / "matrix.md").read_text()


def test_a_run_in_containers_is_written_into_its_chapter_only(tmp_path: Path) -> None:
    size = Ended(properties={"image of dolt, MB": 521})
    results = [
        Result("dolt", "passed", "Dolt 1", 12, tests={"tests/test_a.py::test_1": Ended()}),
        Result("cockroachdb", command="get cockroach"),
        Result("containers", "passed", "none", tests={"tests/containers/test_b.py::test_2": size}),
    ]
    (tmp_path / "docs").mkdir()
    chapter = tmp_path / "docs" / "containers.md"
    chapter.write_text(f"before\n{BEGIN}old{END}\nafter\n")

    written = list(write_documents(Matrix(results, "in containers"), tmp_path))

    assert written == ["docs/containers.md"]
    rows = cells(chapter.read_text())
    assert ("all", "1", "NOT RUN", "1") in rows
    assert ("image of dolt, MB", "·", "·", "521") in rows
    assert "To get a server: `get cockroach`" in chapter.read_text()


def test_a_message_of_a_database_makes_no_html_in_a_document(tmp_path: Path) -> None:
    skew = Ended(feature=["isolation", "write skew prevented"], observed="refused <b>")
    results = [Result("dolt", "failed", reason="no <b>", tests={"tests/test_a.py::test_1": skew})]
    (tmp_path / "docs").mkdir()
    for document in (*PARTS, *PARTS_OF_CONTAINERS):
        (tmp_path / document).write_text(f"before\n{BEGIN}old{END}\nafter\n")

    for run in (results, [*results, Result("containers", "passed")]):
        list(write_documents(Matrix(run, ""), tmp_path))

    for document in ("matrix.md", "which-database.md", "containers.md"):
        text = (tmp_path / "docs" / document).read_text()
        assert ("&lt;b>" in text, "<b>" in text) == (True, False), document


@pytest.mark.parametrize("document", [*PARTS, *PARTS_OF_CONTAINERS])
def test_a_document_has_exactly_one_generated_part(document: str) -> None:
    text = (ROOT / document).read_text()

    assert (text.count(BEGIN), text.count(END)) == (1, 1)


def test_an_incomplete_run_is_not_written_into_the_documentation(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "matrix", "--docs", "--output", str(tmp_path)]

    none = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    list(write(Matrix([Result("dolt", "passed")], ""), tmp_path))
    some = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    file = tmp_path / "matrix.json"
    assert (none.returncode, some.returncode) == (1, 1)
    assert none.stderr == f"There is no {file}: `make matrix` writes it.\n"
    assert some.stderr == f"{file} does not have all backends: run `make matrix` first.\n"
