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


Cells = dict[tuple[str, str], Cell]
"""(group, name of the row) → Cell."""

DJANGO = "https://docs.djangoproject.com/en/5.2"
EMULATED_UUID = Cell(
    "emulated",
    "A UUID is read as a text; Django converts it.",
    f"{DJANGO}/ref/models/fields/#uuidfield",
)
