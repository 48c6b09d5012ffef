"""The first rows of the report: guarantees and features, and whether they are published so."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import pytest

from matrix.documents import sample
from matrix.features import GROUPS, feature_table, features
from matrix.markdown import markdown
from matrix.page import page
from matrix.published import wrong_cells
from matrix.report import read, write
from matrix.results import Matrix, Result
from matrix.results import Test as Ended
from settings import NAMES
from tests.guarantees.cells import Cell, Cells
from tests.guarantees.expected import EVERYWHERE, declared
from tests.serving import ROOT
from tests.tools.test_matrix import ran, suite  # noqa: F401 - fixtures

FILE = "tests/guarantees/test_isolation.py"
SKEW = ["isolation", "write skew prevented"]
MARK = re.compile(r'@pytest\.mark\.feature\(\s*"(.+?)",\s*"(.+?)"\s*\)', re.DOTALL)


def seen(cell: str, feature: list[str] = SKEW, **values: str) -> Ended:
    """Return a passed test that observed this."""
    return Ended(feature=feature, observed=cell, line=40, **values)  # type: ignore[arg-type]


@pytest.fixture
def matrix() -> Matrix:
    """Return a run of two backends of three, in which one of two rows differs."""
    equal, one = Ended(feature=["values", "decimals"], line=7), f"{FILE}::test_skew"
    dolt = seen("no", reason="It has no <SERIALIZABLE>.", link="https://example.org/1")
    conflict = seen("112, retried", reason="Refused.", link="https://example.org/2")
    return Matrix(
        [
            Result("cockroachdb", command="get cockroach"),
            Result("dolt", "passed", "Dolt 1", 12, tests={one: dolt, "tests/test_a.py::a": equal}),
            Result(
                "mongodb",
                "passed",
                "SecantusDB 0.7 speaking MongoDB 8",
                20,
                tests={one: conflict, "tests/test_a.py::a": equal},
            ),
            Result("tools", "passed", "none", tests={"tests/tools/test_b.py::test_3": Ended()}),
        ],
        "2026-01-31, commit abc1234; Python 3",
    )


def test_what_a_test_observed_is_neither_html_nor_another_cell_in_markdown(matrix: Matrix) -> None:
    hostile = Ended(feature=SKEW, observed="refused | <script>", reason="<img onerror=x>")
    matrix.results[1].tests[f"{FILE}::test_skew"] = hostile

    text = markdown(matrix)

    [row] = [line for line in text.splitlines() if line.startswith("| [write skew")]
    assert [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[3:5]] == [
        "refused \\| &lt;script>",
        "112, retried",
    ]
    assert "<" not in text
    assert list(wrong_cells(text, matrix)) == []
    other = text.replace("refused", "permitted")
    assert len(list(wrong_cells(other, matrix))) == 1


def test_every_declared_cell_is_of_a_row_that_exists_and_has_a_reason() -> None:
    sources = "".join(file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    rows = set(MARK.findall(sources))

    assert {group for group, _ in rows} == set(GROUPS)
    for backend in NAMES:
        own: Cells = import_module(f"tests.{backend}.expected").CELLS
        assert set(EVERYWHERE | own) <= rows, backend
        for row in EVERYWHERE | own:
            cell = declared(*row, backend)
            documented = cell.reason and str(cell.link).startswith("https://")
            assert documented or (cell == Cell() and row in EVERYWHERE), (backend, row)


def test_a_cell_is_yes_unless_something_else_is_declared() -> None:
    assert declared(*SKEW, "postgresql").observed == "40001, retried"
    assert declared(*SKEW, "dolt").observed == "no"
    assert declared("constraints", "UNIQUE", "dolt").observed == "yes"


def test_a_cell_is_what_its_test_observed(suite, tmp_path: Path) -> None:  # noqa: F811
    suite.read()
    without = [Result(name, status="passed") for name in ("tools", "containers")]
    results = [Result("dolt", status="failed", tests=suite.tests), Result("mongodb"), *without]

    said = "\n".join(write(Matrix(results, "Python"), tmp_path))

    rows = features(read(tmp_path / "matrix.json").results)
    lists, skew = rows["values"]["lists"]["dolt"], rows["isolation"]["write skew prevented"]["dolt"]
    assert (lists.shown, lists.test.reason) == ("emulated", "it is a text")
    assert (lists.source, lists.test.link) == ("test_x.py#L6", "https://example.org/lists")
    assert rows["values"]["sets"]["dolt"].shown == "no"
    assert (skew.shown, skew.test.reason) == ("FAILED: no", "assert 1 == 2")
    assert feature_table(Matrix(results, ""), "values")[0] == ["", "dolt", "mongodb"]
    assert "sets   no        not run" in said


def test_the_worst_of_several_tests_is_the_cell() -> None:
    tests = {"a::1": seen("yes"), "a::2": seen("no"), "a::3": seen("yes")}

    table = feature_table(Matrix([Result("dolt", "passed", tests=tests)], ""), "isolation")

    assert table == [["", "dolt"], ["write skew prevented", "no"]]


@pytest.mark.parametrize("order", [1, -1])
def test_a_failed_test_is_worse_than_one_that_observed_a_difference(order: int) -> None:
    failed = Ended("failed", feature=SKEW, observed="no")
    tests = dict([("a::1", seen("no")), ("a::2", failed)][::order])

    table = feature_table(Matrix([Result("dolt", "failed", tests=tests)], ""), "isolation")

    assert table[1] == ["write skew prevented", "FAILED: no"]


def test_a_declared_failure_is_no_whatever_its_test_has_observed_before() -> None:
    tests = {"a::1": Ended("expected", feature=SKEW, observed="yes")}

    table = feature_table(Matrix([Result("dolt", "passed", tests=tests)], ""), "isolation")

    assert table[1] == ["write skew prevented", "no"]


def test_version_control_has_columns_only_of_the_backends_that_have_it(matrix: Matrix) -> None:
    matrix.results[1].tests["a::1"] = seen("yes", ["version control", "merge"])

    assert feature_table(matrix, "version control") == [["", "dolt"], ["merge", "yes"]]


def test_the_score_is_the_number_of_orm_checks_that_passed() -> None:
    checks = {"test_a.py::test_1": "passed", "test_b.py::test_2": "expected"}
    checks["test_b.py::test_3"] = "failed"
    tests = {f"tests/orm/checks/{node}": Ended(outcome) for node, outcome in checks.items()}
    tests["tests/orm/requirements/test_c.py::test_3"] = seen("yes", ["Django's requirements", "c"])
    broken = {f"tests/orm/checks/{node}": Ended("failed") for node in checks}
    results = [Result("dolt", "failed", tests=tests), Result("djongo", "failed", tests=broken)]
    results += [Result("mariadb", "failed"), Result("cockroachdb")]

    table = markdown(Matrix(results, ""))

    assert "| ORM checks passed | 1 of 3 | 0 of 3 | · | not run |" in table


def test_the_markdown_begins_with_the_guarantees_and_marks_a_stand_in(matrix: Matrix) -> None:
    text = markdown(matrix)

    assert text.index("## Isolation") < text.index("## Values") < text.index("## All tests")
    assert "|  | cockroachdb | dolt | mongodb* |" in text
    assert f"| [write skew prevented](../{FILE}) | not run | no | 112, retried |" in text
    assert "- write skew prevented. [dolt](dolt.md): **no**. It has no &lt;SERIALIZABLE>." in text
    assert "mongodb was run on SecantusDB 0.7 speaking MongoDB 8: a stand-in for MongoDB 8." in text


class Links(HTMLParser):
    """The elements of a page by id, the texts of the links, and where they lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [value for name, value in attrs if name == "href" and value]


def test_each_cell_of_the_page_leads_to_its_test_reason_source_and_chapter(matrix: Matrix) -> None:
    text = page(matrix)
    found, cell = Links(text), "isolation-write-skew-prevented--dolt"

    assert f'<a href="#{cell}">no</a>' in text
    assert {*found.links} >= {
        *("#isolation-write-skew-prevented", f"../{FILE}#L40"),
        *("https://example.org/1", "../docs/dolt.md"),
    }
    assert "It has no &lt;SERIALIZABLE&gt;." in text
    assert len(found.ids) == len(set(found.ids))
    for link in found.links:
        assert not link.startswith("#") or link[1:] in found.ids, link
        assert not link.startswith("../docs/") or (ROOT / link[3:]).exists(), link


def test_the_page_needs_no_javascript_and_nothing_from_elsewhere(matrix: Matrix) -> None:
    text = page(matrix)

    assert '<form id="filter" role="search" hidden>' in text  # shown by the script
    assert text.count("<script>") == 1
    assert "src=" not in text and "<link" not in text and "@import" not in text
    assert re.findall("<tbody[^>]* hidden", text) == []
    assert "2026-01-31, commit abc1234" in text
    assert "SecantusDB 0.7 speaking MongoDB 8, a stand-in for MongoDB 8, which was not run" in text
    assert text.count(" data-differs") == 1  # write skew, not decimals


def test_a_page_elsewhere_leads_to_the_repository(matrix: Matrix, tmp_path: Path) -> None:
    list(write(matrix, tmp_path))

    [link, *_] = re.findall(f'href="([^"]*){FILE}', (tmp_path / "matrix.html").read_text())

    assert (tmp_path.resolve() / link / FILE).resolve() == ROOT / FILE


def test_a_row_that_a_backend_has_no_test_of_does_not_differ(matrix: Matrix) -> None:
    del matrix.results[2].tests[f"{FILE}::test_skew"]

    assert " data-differs" not in page(matrix)
    assert "write skew" not in sample(matrix)


@pytest.mark.parametrize("group", ["Django's requirements", "version control"])
def test_a_cell_of_a_group_with_a_chapter_of_its_own_leads_there(
    matrix: Matrix, group: str
) -> None:
    matrix.results[1].tests["tests/test_a.py::b"] = seen("no", [group, "lists"], reason="None.")

    found = Links(page(matrix))
    own = {"Django's requirements": "nosql.md", "version control": "version-control-reference.md"}

    assert f"../docs/{own[group]}" in found.links
    assert (ROOT / "docs" / own[group]).exists()
    assert f"- lists. [dolt]({own[group]}): **no**. None." in markdown(matrix)


def test_the_readme_shows_the_guarantees_that_differ(matrix: Matrix) -> None:
    lines = sample(matrix).splitlines()

    assert lines[2].split() == ["cockroachdb", "dolt", "mongodb*"]
    assert lines[3] == "write skew prevented  not run      no    112, retried"
    assert [line.split()[0] for line in lines[4:9]] == ["…", "cockroachdb", "all", "seconds", "…"]
    assert "decimals" not in "\n".join(lines)


def test_what_is_published_as_it_was_found_is_not_wrong(matrix: Matrix) -> None:
    assert [*wrong_cells(markdown(matrix), matrix)] == []


def test_a_cell_that_differs_from_the_run_is_named_with_both(matrix: Matrix) -> None:
    published = markdown(matrix).replace("| 112, retried |", "| yes |")
    published = published.replace("| [decimals]", "| [numbers]")

    assert [*wrong_cells(published, matrix)] == [
        "isolation: write skew prevented, mongodb: published: yes, found: 112, retried",
        "values: decimals, dolt: published: no such cell, found: yes",
        "values: decimals, mongodb: published: no such cell, found: yes",
        "values: numbers, dolt: published: yes, found: no such cell",
        "values: numbers, mongodb: published: yes, found: no such cell",
    ]


def test_a_backend_that_was_not_run_says_nothing_about_what_is_published(matrix: Matrix) -> None:
    published = markdown(matrix)
    matrix.results[1] = Result("dolt", command="get dolt")

    assert [*wrong_cells(published, matrix)] == []


def test_a_backend_whose_tests_did_not_start_has_no_cell_as_it_is_published(
    matrix: Matrix,
) -> None:
    published = markdown(matrix)
    matrix.results[1] = Result("dolt", "failed", reason="no server")

    assert [*wrong_cells(published, matrix)] == [
        "isolation: write skew prevented, dolt: published: no, found: ·",
        "values: decimals, dolt: published: yes, found: ·",
    ]


def test_a_published_row_that_has_lost_a_cell_is_named(matrix: Matrix) -> None:
    published = markdown(matrix).replace("| no | 112, retried |", "| no |")

    assert [*wrong_cells(published, matrix)] == [
        "isolation: write skew prevented, mongodb: published: no such cell, found: 112, retried"
    ]


def test_a_test_that_fails_is_a_wrong_cell(matrix: Matrix) -> None:
    published = markdown(matrix)
    matrix.results[1].tests[f"{FILE}::test_skew"] = Ended("failed", feature=SKEW, observed="yes")

    assert [*wrong_cells(published, matrix)] == [
        "isolation: write skew prevented, dolt: published: no, found: FAILED: yes"
    ]


def test_the_command_fails_and_names_what_is_wrong(matrix: Matrix, tmp_path: Path) -> None:
    list(write(matrix, tmp_path))
    command = [sys.executable, "-m", "matrix", "--check-docs", "--output", str(tmp_path)]

    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert result.returncode == 1
    assert "values: decimals, dolt: published: no such cell, found: yes\n" in result.stdout
    assert "cockroachdb" not in result.stdout
