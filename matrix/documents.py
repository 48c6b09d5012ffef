"""`python -m matrix --docs`: the tables in the documentation, from the matrix.json of a run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from matrix.features import (
    CHAPTERS,
    GROUPS,
    REQUIREMENTS,
    VERSIONS,
    differing,
    feature_table,
)
from matrix.markdown import linked_table, markdown
from matrix.results import Matrix
from matrix.run import sums
from matrix.tables import aligned, piped, plain, remarks, suite_table
from runner.suite import CONTAINERS

BEGIN, END = "<!-- made by `python -m matrix --docs` -->\n", "\n<!-- until here -->"
PART = re.compile(f"{BEGIN}(.*?){END}", re.DOTALL)
LAST_ROWS = ("all", "seconds")
DECIDING = ("isolation", "transactions", "constraints", "durability")
"""The groups of rows by which a database is chosen."""


def write_documents(matrix: Matrix, root: Path) -> Iterator[str]:
    """Write docs/matrix.md and the marked parts of the other documents; yield their names.

    A run in containers is only a part of docs/containers.md.
    """
    in_containers = CONTAINERS in {result.name for result in matrix.results}
    if not in_containers:
        (root / "docs" / "matrix.md").write_text(markdown(matrix))
        yield "docs/matrix.md"
    for document, part in (PARTS_OF_CONTAINERS if in_containers else PARTS).items():
        text = (root / document).read_text()
        before, after = PART.split(text)[::2]
        (root / document).write_text(f"{before}{BEGIN}{part(matrix)}{END}{after}")
        yield document


def sample(matrix: Matrix) -> str:
    """The output of `make matrix`: the guarantees in which the backends differ, and the sums."""
    tables = [feature_table(matrix, group) for group in GROUPS if group not in CHAPTERS]
    differ = [row for table in tables for row in differing(table)]
    header, *rows = suite_table(matrix)
    last = [row for row in rows if row[0] in LAST_ROWS]
    lines = [*aligned([tables[0][0], *differ]), "…", *aligned([header, *last])]
    servers = [f"- {each.name}: {each.server}" for each in matrix.results if each.server]
    files = "The full results are in build/matrix.json, matrix.md and matrix.html."
    lines = ["$ make matrix", *lines, "…", *servers, "…", files, sums(matrix.results)]
    return "\n".join(["```console", *lines, "```"])


def _features(matrix: Matrix) -> str:
    return "\n".join(["", *piped(linked_table(matrix, REQUIREMENTS)), ""])


def _versions(matrix: Matrix) -> str:
    return "\n".join(["", *piped(linked_table(matrix, VERSIONS)), ""])


def _deciding(matrix: Matrix) -> str:
    """The groups of rows by which a database is chosen, one table."""
    header, *_ = linked_table(matrix, DECIDING[0])
    rows = [row for group in DECIDING for row in linked_table(matrix, group)[1:]]
    return "\n".join(["", *piped([header, *rows]), ""])


def _sums(matrix: Matrix) -> str:
    """The last rows of the table, the figures of the images, and what did not run."""
    header, *rows = suite_table(matrix)
    shown = [row for row in rows if row[0] in LAST_ROWS or row[0].startswith("image of ")]
    kept = [line for line in remarks(matrix) if not line.startswith(" ") and "differs" not in line]
    said = map(plain, [*kept, "", matrix.about, ""])
    return "\n".join(["", *piped([header, *shown]), "", *said])


PARTS_OF_CONTAINERS: dict[str, Callable[[Matrix], str]] = {"docs/containers.md": _sums}
PARTS: dict[str, Callable[[Matrix], str]] = {
    "README.md": sample,
    "docs/which-database.md": _deciding,
    "docs/nosql.md": _features,
    "docs/version-control-reference.md": _versions,
}
