"""The messages of Dolt's errors; their numbers are in backends/mysql/errors.py."""

from __future__ import annotations

import re

# Dolt's messages name a CHECK or a foreign key, but for a unique constraint only the values.
CONSTRAINTS = (
    re.compile(r'^Check constraint "(\w+)" violated'),
    re.compile(r"Foreign key violation on fk: `(\w+)`"),
)


def broken_constraint(error: BaseException) -> str:
    """Return the constraint's name, from the message, or ""."""
    message = str(error.args[-1]) if error.args else ""
    return next((found[1] for name in CONSTRAINTS if (found := name.search(message))), "")
