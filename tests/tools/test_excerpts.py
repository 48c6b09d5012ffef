"""Code in the documentation is that of the sources, or is typed by a test, or is an example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.excerpts import outdated
from tests.serving import ROOT

DOCUMENTS = sorted((ROOT / "docs").rglob("*.md"))
SOURCE = "import os\n\n\n@one\ndef f():\n    a = 1\n    b = 2\n    return a\n\n\nX = [1]\n"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.stem)
def test_quoted_code_is_the_code_of_its_file(document: Path) -> None:
    assert list(outdated(document.read_text())) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.stem)
def test_code_says_where_it_comes_from(document: Path) -> None:
    before = re.findall(r"^(.*)\n```(?:python|sql|diff)$", document.read_text(), re.MULTILINE)

    # A block with the name of a file after its language is typed by the test of its chapter.
    assert [line for line in before if not re.match(r"<!-- (from|an example)", line)] == []


@pytest.mark.parametrize(
    ("name", "quote", "found"),
    [
        (": f", "python\n@one\ndef f():\n    # …\n    return a\n", True),
        (": f", "python\na = 1\nb = 2\n", True),
        (": f", "python\na = 1\nreturn a\n", False),
        (": f", "python\nreturn b\n", False),
        (": f", "python\nimport os\n", False),
        (": X", "python\nX = [1]\n", True),
        ("", "text\nimport os\n…\nX = [1]\n", True),
        ("", "text\nX = [1]\n…\nimport os\n", False),
        ("", "diff\n--- code.py\n b = 2\n+c = 3\n return a\n", True),
        ("", "diff\n--- code.py\n-b = 3\n+b = 4\n", False),
    ],
)
def test_a_quotation_that_is_not_in_its_file_is_found(
    tmp_path: Path, name: str, quote: str, found: bool
) -> None:
    (tmp_path / "code.py").write_text(SOURCE)

    wrong = list(outdated(f"<!-- from code.py{name} -->\n```{quote}```\n", tmp_path))

    assert (wrong == []) is found
