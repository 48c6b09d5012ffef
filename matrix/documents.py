"""`python -m matrix --docs`: the tables in the documentation, from the matrix.json of a run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from matrix.report import markdown
from matrix.results import Matrix
from matrix.run import sums
from matrix.tables import (
    NOTHING,
    aligned,
    feature_table,
    piped,
    remarks,
    suite_table,
    version_table,
)
from runner.suite import CONTAINERS

BEGIN, END = "<!-- made by `python -m matrix --docs` -->\n", "\n<!-- until here -->"
PART = re.compile(f"{BEGIN}(.*?){END}", re.DOTALL)
LAST_ROWS = ("all", "seconds")
AGREEING = 3  # rows shown in which all backends have the same numbers


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
    """The output of `make matrix`, without most of the rows in which the backends agree."""
    header, *rows = suite_table(matrix)
    differing = [row for row in rows[AGREEING:] if len({*row[1:]} - {NOTHING}) > 1]
    lines = list(aligned([header, *rows[:AGREEING], *differing]))
    lines.insert(1 + AGREEING, "…")
    servers = [f"- {each.name}: {each.server}" for each in matrix.results if each.server]
    files = "The full results are in build/matrix.json, matrix.md and matrix.html."
    lines = ["$ make matrix", *lines, "…", *servers, "…", files, sums(matrix.results)]
    return "\n".join(["```console", *lines, "```"])


def _features(matrix: Matrix) -> str:
    return "\n".join(["", *piped(feature_table(matrix)), ""])


def _versions(matrix: Matrix) -> str:
    return "\n".join(["", *piped(version_table(matrix)), ""])


def _sums(matrix: Matrix) -> str:
    """The last rows of the table, the figures of the images, and what did not run."""
    header, *rows = suite_table(matrix)
    shown = [row for row in rows if row[0] in LAST_ROWS or row[0].startswith("image of ")]
    kept = [line for line in remarks(matrix) if not line.startswith(" ") and "differs" not in line]
    return "\n".join(["", *piped([header, *shown]), "", *kept, "", matrix.about, ""])


PARTS_OF_CONTAINERS: dict[str, Callable[[Matrix], str]] = {"docs/containers.md": _sums}
PARTS: dict[str, Callable[[Matrix], str]] = {
    "README.md": sample,
    "docs/nosql.md": _features,
    "docs/version-control-reference.md": _versions,
}
