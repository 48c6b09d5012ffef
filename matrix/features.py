"""What the backends guarantee and can do: the first rows of the report, one cell per backend.

Each is a test with the mark `feature` (tests/guarantees), which names its row; the cell is what the
test observed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matrix.results import OUTCOMES, Matrix, Result, Test
from matrix.tables import NOTHING, Table
from runner.suite import CONTAINERS, TOOLS

REQUIREMENTS, VERSIONS = "Django's requirements", "version control"
GROUPS = (
    *("isolation", "transactions", "constraints", "values", "queries", "durability"),
    *(REQUIREMENTS, VERSIONS),
)
"""The groups of rows, in the order in which they are shown; the marks of tests name them."""
CHAPTERS = {REQUIREMENTS: "docs/nosql.md", VERSIONS: "docs/version-control-reference.md"}
CHECKS = "orm checks"  # the group of tests that score() counts
YES, NOT_RUN = "yes", "not run"


@dataclass(frozen=True)
class Cell:
    """What a backend does, in the words of the report, and the test that observed it."""

    shown: str
    node: str
    test: Test

    @property
    def source(self) -> str:
        """The line of the test, as a relative URL in the repository."""
        file = self.node.partition("::")[0]
        return f"{file}#L{self.test.line}"


Rows = dict[str, dict[str, Cell]]
"""Row → backend → Cell."""


def features(results: Sequence[Result]) -> dict[str, Rows]:
    """Return group → row → backend → Cell; if a row has several tests, the worst is its cell."""
    found: dict[str, Rows] = {group: {} for group in GROUPS}
    for result in results:
        for node, test in result.tests.items():
            if test.feature:
                group, name = test.feature
                row = found.setdefault(group, {}).setdefault(name, {})
                cell = Cell(_shown(test), node, test)
                row[result.name] = max(row.get(result.name, cell), cell, key=_badness)
    return {group: rows for group, rows in found.items() if rows}


def _shown(test: Test) -> str:
    if test.outcome == "failed":
        return f"FAILED: {test.observed}" if test.observed else "FAILED"
    return "no" if test.outcome == "expected" else test.observed or YES


def _badness(cell: Cell) -> int:
    return 2 if cell.test.outcome == "failed" else int(cell.shown != YES)


def backends(matrix: Matrix) -> list[Result]:
    """Return the results of the backends: not those of the tools' and the containers' tests."""
    return [result for result in matrix.results if result.name not in (TOOLS, CONTAINERS)]


def stand_in(result: Result) -> str | None:
    """Return for which server another one stood in, e.g. "MongoDB 8.2.11" for SecantusDB."""
    return (result.server or "").partition(" speaking ")[2] or None


def title(result: Result) -> str:
    """Return the backend's name, with an asterisk if another server stood in for its own."""
    return f"{result.name}*" if stand_in(result) else result.name


def shown(row: dict[str, Cell], result: Result) -> str:
    """Return the text of a cell."""
    if cell := row.get(result.name):
        return cell.shown
    return NOT_RUN if result.status == "not-run" else NOTHING


def feature_table(matrix: Matrix, group: str) -> Table:
    """Return row × backend of a group; of version control, the backends that have it."""
    rows = features(matrix.results).get(group, {})
    columns = [
        result
        for result in backends(matrix)
        if group != VERSIONS or any(result.name in row for row in rows.values())
    ]
    checks = [["ORM checks passed", *map(score, columns)]] if group == REQUIREMENTS else []
    return [
        ["", *map(title, columns)],
        *checks,
        *([name, *(shown(row, result) for result in columns)] for name, row in rows.items()),
    ]


def differing(table: Table) -> Iterator[Sequence[str]]:
    """Yield the rows in which backends that ran have different cells."""
    for row in table[1:]:
        if len({*row[1:]} - {NOTHING, NOT_RUN}) > 1:
            yield row


def score(result: Result) -> str:
    """Return how many of the ORM checks passed, e.g. "79 of 80"."""
    passed, *others = (result.count(outcome, CHECKS) for outcome in OUTCOMES)
    if passed + sum(others):
        return f"{passed} of {passed + sum(others)}"
    return NOT_RUN if result.status == "not-run" else NOTHING


def chapter(group: str, backend: str) -> str:
    """Return the document about the cell of a backend in this group."""
    return CHAPTERS.get(group, f"docs/{backend}.md")
