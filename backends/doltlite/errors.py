"""The errors of sqlite3: SQLite's result codes."""

from __future__ import annotations

import re

# The values are names of bank's ErrorKind: see bank/engine.py.
RESULT_CODES = {  # https://www.sqlite.org/rescode.html
    5: "CONFLICT",  # SQLITE_BUSY: another connection writes, or has written (…_SNAPSHOT)
    6: "CONFLICT",  # SQLITE_LOCKED
    9: "TIMEOUT",  # SQLITE_INTERRUPT: the engine's time limit
    10: "LOST",  # SQLITE_IOERR: it is unknown whether the data is on the disk
    14: "LOST",  # SQLITE_CANTOPEN
}
# For other constraints the message names only the columns.
CHECK = re.compile(r"^CHECK constraint failed: (\w+)$")


def error_kind(error: BaseException) -> str | None:
    """Return the name of the error's kind, or None: see bank/engine.py."""
    if type(error).__module__.partition(".")[0] != "sqlite3":
        return None
    # The low byte is the primary result code: https://www.sqlite.org/rescode.html#pve
    return RESULT_CODES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)


def broken_constraint(error: BaseException) -> str:
    """Return the name of a CHECK, from the message, or ""."""
    found = CHECK.search(str(error.args[-1])) if error.args else None
    return found[1] if found else ""
