"""The types of the cells that are declared, and of the fixture that compares them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Observe = Callable[[str], None]
"""The type of the fixture `observe`: it is called with what the database was seen to do."""


@dataclass(frozen=True)
class Cell:
    """What a database does, the reason, and a link to its documentation."""

    observed: str = "yes"
    reason: str | None = None
    link: str | None = None
    backends: frozenset[str] = frozenset()


Cells = dict[tuple[str, str], tuple[Cell, ...]]
"""(group, name of the row) → its cells other than `yes`."""


def cell(observed: str, backends: str, reason: str, link: str) -> Cell:
    """Return the cell of these backends, whose names are words."""
    return Cell(observed, reason, link, frozenset(backends.split()))


DJANGO = "https://docs.djangoproject.com/en/5.2"
