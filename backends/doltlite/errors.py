"""What the errors of sqlite3 say: SQLite's result codes."""

from __future__ import annotations

import re

# The values are names of bank's ErrorKind: see bank/engine.py.
RESULT_CODES = {  # https://www.sqlite.org/rescode.html
    5: "CONFLICT",  # SQLITE_BUSY: another connection writes, or has written (…_SNAPSHOT)
    6: "CONFLICT",  # SQLITE_LOCKED
    9: "TIMEOUT",  # SQLITE_INTERRUPT: the engine's time limit
    10: "LOST",  # SQLITE_IOERR: what was to be written may be on the disk, or not
    14: "LOST",  # SQLITE_CANTOPEN
}
CHECK = re.compile(r"^CHECK constraint failed: (\w+)$")  # of others it names the columns only


def error_kind(error: BaseException) -> str | None:
    """As bank/engine.py wants it."""
    if type(error).__module__.partition(".")[0] != "sqlite3":
        return None
    return RESULT_CODES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)  # the rest is detail


def broken_constraint(error: BaseException) -> str:
    """The name of a CHECK, which is in the message."""
    found = CHECK.search(str(error.args[-1])) if error.args else None
    return found[1] if found else ""
