"""`python -m matrix --check-docs`: whether docs/matrix.md says what the last run found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matrix.features import GROUPS, backends
from matrix.markdown import heading, markdown
from matrix.results import Matrix

LINK = re.compile(r"\[(.+?)\]\([^)]*\)")
MISSING = "no such cell"
Cells = dict[tuple[str, str], str]
"""(row, backend) → what is shown; the name of a row begins with its group's."""


def wrong_cells(published: str, matrix: Matrix) -> Iterator[str]:
    """Yield each cell of a guarantee or feature that is published otherwise than it was found.

    A backend that was not run says nothing about what is published.
    """
    run = {result.name for result in backends(matrix) if result.status != "not-run"}
    before, found = _cells(published), _cells(markdown(matrix))
    for row, backend in dict.fromkeys([*found, *before]):
        was, now = before.get((row, backend), MISSING), found.get((row, backend), MISSING)
        if backend in run and was != now:
            yield f"{row}, {backend}: published: {was}, found: {now}"


def _cells(text: str) -> Cells:
    """Return the cells of the tables in the sections of the groups."""
    found: Cells = {}
    for group in GROUPS:
        section = text.partition(f"\n## {heading(group)}\n")[2].partition("\n## ")[0]
        lines = [line for line in section.splitlines() if line.startswith("| ")]
        header, _, *rows = [_split(line) for line in lines] or [[], []]
        for name, *cells in rows:
            for backend, cell in zip(header[1:], cells, strict=False):
                found[f"{group}: {name}", backend.rstrip("*")] = cell
    return found


def _split(line: str) -> list[str]:
    return [LINK.sub(r"\1", cell).strip() for cell in line.strip("|").split(" | ")]
