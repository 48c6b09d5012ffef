"""The errors of psycopg 3 and psycopg2: PostgreSQL's SQLSTATEs, and CockroachDB's."""

from __future__ import annotations

# The values are names of bank's ErrorKind: see bank/engine.py.
SQLSTATES = {
    "40001": "CONFLICT",  # serialization_failure; on CockroachDB deadlocks as well
    "40P01": "CONFLICT",  # deadlock_detected
    "CR000": "CONFLICT",  # CockroachDB before 2.0
    "40003": "UNKNOWN",  # statement_completion_unknown: CockroachDB's "ambiguous result"
    "08007": "UNKNOWN",  # transaction_resolution_unknown
    "55P03": "CONFLICT",  # lock_not_available: lock_timeout; the lock may be free next time
    "25P03": "LOST",  # idle_in_transaction_session_timeout: the server ended the session
    "57P01": "LOST",  # admin_shutdown: the server stops, or pg_terminate_backend
    "57P02": "LOST",  # crash_shutdown: another session's process crashed
    "57P03": "LOST",  # cannot_connect_now: the server starts or stops
    "57P05": "LOST",  # idle_session_timeout: the server ended the session
    # query_canceled: statement_timeout, or an operator's pg_cancel_backend. Neither is retried.
    "57014": "TIMEOUT",
}
DRIVERS = {"psycopg", "psycopg2"}
# An error without an SQLSTATE is not from the server but from libpq: the connection is lost. After
# a crash psycopg2 raises DatabaseError itself, none of its subclasses.
LOST = {"OperationalError", "InterfaceError", "ConnectionTimeout", "DatabaseError"}


def sqlstate(error: BaseException) -> str | None:
    """Return the SQLSTATE of an error: psycopg 3 calls it `sqlstate`, psycopg2 `pgcode`."""
    return getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)


def error_kind(error: BaseException) -> str | None:
    """Return the name of the error's kind, or None: see bank/engine.py."""
    if state := sqlstate(error):
        if is_outdated_plan(error):
            return "CONFLICT"
        return SQLSTATES.get(state, "LOST" if state.startswith("08") else None)
    driver = type(error).__module__.partition(".")[0]
    return "LOST" if driver in DRIVERS and type(error).__name__ in LOST else None


def is_outdated_plan(error: BaseException) -> bool:
    """Whether an ALTER TABLE has changed the result of a statement that was prepared before.

    After a rollback, or on another connection, the driver prepares its statements again.
    """
    # feature_not_supported; PostgreSQL has no state of its own for "cached plan must not change
    # result type": https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/cache/plancache.c
    return sqlstate(error) == "0A000" and "cached plan" in str(error)


def broken_constraint(error: BaseException) -> str:
    """Return the constraint's name, which the server sends with the error, or ""."""
    return getattr(getattr(error, "diag", None), "constraint_name", None) or ""
