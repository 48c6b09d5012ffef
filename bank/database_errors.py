"""What a database error means for the transaction it came from, on every backend.

The codes are the servers' own: PostgreSQL and CockroachDB send an SQLSTATE (psycopg 3 calls it
`sqlstate`, psycopg2 `pgcode`), MySQL and Dolt an error number, MongoDB labels and a code, SQLite
and DoltLite a result code. Django raises its own error `from` the driver's, sometimes twice, so the
chain of `__cause__` is looked at. `__context__` is not: it is whatever was being handled meanwhile,
an error of an earlier transaction for instance.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator

from django.db import IntegrityError


class Meaning(enum.Enum):
    """What an error says about its transaction."""

    CONFLICT = "rolled back for a reason that may be gone at the next try"
    UNKNOWN = "the server itself cannot say whether it committed"
    LOST = "the connection is gone; the transaction too, unless COMMIT was already sent"
    TIMEOUT = "the statement was ended because it took too long, or by an operator"
    OTHER = "nothing that trying again would change"


SQLSTATES = {
    "40001": Meaning.CONFLICT,  # serialization_failure; on CockroachDB deadlocks as well
    "40P01": Meaning.CONFLICT,  # deadlock_detected
    "CR000": Meaning.CONFLICT,  # CockroachDB before 2.0
    "40003": Meaning.UNKNOWN,  # statement_completion_unknown: CockroachDB's "ambiguous result"
    "08007": Meaning.UNKNOWN,  # transaction_resolution_unknown
    "55P03": Meaning.CONFLICT,  # lock_not_available: lock_timeout; the lock may be free next time
    "25P03": Meaning.LOST,  # idle_in_transaction_session_timeout: the server ended the session
    "57P01": Meaning.LOST,  # admin_shutdown: the server stops, or pg_terminate_backend
    "57P02": Meaning.LOST,  # crash_shutdown: another session's process crashed
    "57P03": Meaning.LOST,  # cannot_connect_now: the server starts or stops
    "57P05": Meaning.LOST,  # idle_session_timeout: the server ended the session
    # query_canceled: statement_timeout, or an operator's pg_cancel_backend. Both mean "no more".
    "57014": Meaning.TIMEOUT,
}
PSYCOPG_LOST = {"OperationalError", "InterfaceError", "ConnectionTimeout", "DatabaseError"}
MYSQL_ERRORS = {
    1213: Meaning.CONFLICT,  # ER_LOCK_DEADLOCK; Dolt: "conflicts with a committed transaction"
    1205: Meaning.CONFLICT,  # ER_LOCK_WAIT_TIMEOUT
    2002: Meaning.LOST,  # CR_CONNECTION_ERROR
    2003: Meaning.LOST,  # CR_CONN_HOST_ERROR
    2006: Meaning.LOST,  # CR_SERVER_GONE_ERROR
    2013: Meaning.LOST,  # CR_SERVER_LOST
    4031: Meaning.LOST,  # ER_CLIENT_INTERACTION_TIMEOUT
}
SQLITE_RESULTS = {  # https://www.sqlite.org/rescode.html
    5: Meaning.CONFLICT,  # SQLITE_BUSY: another connection writes, or has written (…_SNAPSHOT)
    6: Meaning.CONFLICT,  # SQLITE_LOCKED
    9: Meaning.TIMEOUT,  # SQLITE_INTERRUPT: the engine's time limit
    10: Meaning.LOST,  # SQLITE_IOERR: what was to be written may be on the disk, or not
    14: Meaning.LOST,  # SQLITE_CANTOPEN
}
MONGODB_LABELS = {
    "UnknownTransactionCommitResult": Meaning.UNKNOWN,
    "TransientTransactionError": Meaning.CONFLICT,
}
MONGODB_CODES = {
    112: Meaning.CONFLICT,  # WriteConflict
    50: Meaning.TIMEOUT,  # MaxTimeMSExpired
}
MONGODB_LOST = {  # pymongo's ConnectionFailure, and what is derived from it
    *("ConnectionFailure", "AutoReconnect", "NetworkTimeout", "NotPrimaryError"),
    *("ServerSelectionTimeoutError", "WaitQueueTimeoutError"),
}
RULES = [  # where a driver tells the name of a constraint in its message only
    re.compile(r"^CHECK constraint failed: (\w+)$"),  # SQLite
    re.compile(r'^Check constraint "(\w+)" violated'),  # Dolt, as the next
    re.compile(r"E11000 duplicate key error .*index: (\w+) dup key"),  # MongoDB
    re.compile(r"Foreign key violation on fk: `(\w+)`"),
]


def meaning(error: BaseException) -> Meaning:
    """The first thing but OTHER that the error or one of its causes says."""
    for cause in causes(error):
        if (said := _meaning_of_one(cause)) is not Meaning.OTHER:
            return said
    return Meaning.OTHER


def unavailable(said: Meaning) -> str:
    """What a client is told to do about such an error, with status 503."""
    if said in (Meaning.CONFLICT, Meaning.TIMEOUT):
        return (
            "The database is busy with other transactions (a lock or a timeout); "
            "send the request again."
        )
    return "The database does not answer; try again."


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error, then what it was raised from, outermost first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__


def broken_constraint(error: IntegrityError) -> str:
    """The name of the constraint that was broken, or "" where the driver does not tell."""
    diagnostics = (getattr(cause, "diag", None) for cause in causes(error))
    names = (getattr(diag, "constraint_name", None) for diag in diagnostics)
    return next((name for name in names if name), "") or _named_in(str(*error.args[-1:]))


def _named_in(message: str) -> str:
    """SQLite and Dolt name a CHECK, but only columns or values of what must be unique."""
    return next((found[1] for rule in RULES if (found := rule.search(message))), "")


def sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE of a psycopg 3 or psycopg2 error."""
    return getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)


def _meaning_of_one(error: BaseException) -> Meaning:
    if state := sqlstate(error):
        lost = Meaning.LOST if state.startswith("08") else Meaning.OTHER
        return SQLSTATES.get(state, lost)
    driver = type(error).__module__.partition(".")[0]
    read = {
        "psycopg": _psycopg,
        "psycopg2": _psycopg,
        "MySQLdb": _mysql,
        "sqlite3": _sqlite,
        "pymongo": _mongodb,
    }.get(driver)
    return read(error) if read else Meaning.OTHER


def _psycopg(error: BaseException) -> Meaning:
    # No SQLSTATE: not the server's word, but libpq's that there is no server to hear from. After a
    # crash psycopg2 raises that as DatabaseError itself, none of its subclasses.
    return Meaning.LOST if type(error).__name__ in PSYCOPG_LOST else Meaning.OTHER


def _mysql(error: BaseException) -> Meaning:
    number = error.args[0] if error.args else 0
    return MYSQL_ERRORS.get(number, Meaning.OTHER)


def _sqlite(error: BaseException) -> Meaning:
    code = getattr(error, "sqlite_errorcode", 0)
    return SQLITE_RESULTS.get(code & 0xFF, Meaning.OTHER)  # the rest only says it more exactly


def _mongodb(error: BaseException) -> Meaning:
    has_label = getattr(error, "has_error_label", lambda label: False)
    for label, said in MONGODB_LABELS.items():
        if has_label(label):
            return said
    lost = Meaning.LOST if type(error).__name__ in MONGODB_LOST else Meaning.OTHER
    return MONGODB_CODES.get(getattr(error, "code", None) or 0, lost)
