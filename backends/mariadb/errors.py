"""The messages of MariaDB's errors; their numbers are in backends/mysql/errors.py."""

from __future__ import annotations

import re

CONSTRAINTS = {
    4025: re.compile(r"CONSTRAINT `(\w+)` failed"),  # ER_CONSTRAINT_FAILED: a CHECK
    1062: re.compile(r"for key '(\w+)'$"),  # ER_DUP_ENTRY
    1451: re.compile(r"CONSTRAINT `(\w+)` FOREIGN KEY"),  # ER_ROW_IS_REFERENCED_2
    1452: re.compile(r"CONSTRAINT `(\w+)` FOREIGN KEY"),  # ER_NO_REFERENCED_ROW_2
}


def broken_constraint(error: BaseException) -> str:
    """Return the constraint's name, from the message, or ""."""
    number, *_, message = error.args or (0, "")
    pattern = CONSTRAINTS.get(number)
    found = pattern.search(str(message)) if pattern else None
    return found[1] if found else ""
