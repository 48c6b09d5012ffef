"""The errors of mysqlclient: MySQL's numbers, and Dolt's messages."""

from __future__ import annotations

import re

# The values are names of bank's ErrorKind: see bank/engine.py.
NUMBERS = {
    1213: "CONFLICT",  # ER_LOCK_DEADLOCK; Dolt: "conflicts with a committed transaction"
    1205: "CONFLICT",  # ER_LOCK_WAIT_TIMEOUT
    2002: "LOST",  # CR_CONNECTION_ERROR
    2003: "LOST",  # CR_CONN_HOST_ERROR
    2006: "LOST",  # CR_SERVER_GONE_ERROR
    2013: "LOST",  # CR_SERVER_LOST
    4031: "LOST",  # ER_CLIENT_INTERACTION_TIMEOUT
}
# Dolt's messages name a CHECK or a foreign key, but for a unique constraint only the values.
CONSTRAINTS = (
    re.compile(r'^Check constraint "(\w+)" violated'),
    re.compile(r"Foreign key violation on fk: `(\w+)`"),
)


def error_kind(error: BaseException) -> str | None:
    """Return the name of the error's kind, or None: see bank/engine.py."""
    if type(error).__module__.partition(".")[0] != "MySQLdb":
        return None
    return NUMBERS.get(error.args[0] if error.args else 0)


def broken_constraint(error: BaseException) -> str:
    """Return the constraint's name, from the message, or ""."""
    message = str(error.args[-1]) if error.args else ""
    return next((found[1] for name in CONSTRAINTS if (found := name.search(message))), "")
