"""How the errors of every driver, and chains of causes, are classified."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection
from django.db.transaction import TransactionManagementError

from backends.doltlite import errors as doltlite_errors
from backends.mongodb import error_codes as mongodb_errors
from backends.mysql import errors as mysql_errors
from backends.postgresql import errors as postgresql_errors
from bank.transactions.error_kinds import ErrorKind, classify, unavailable


def foreign(module: str, name: str, *args: Any, **attributes: Any) -> Exception:
    """Return an error like those of this driver, which need not be installed."""
    kind = type(name, (Exception,), {"__module__": module, **attributes})
    return kind(*args)


def postgresql(sqlstate: str) -> Exception:
    return foreign("psycopg.errors", "Error", "refused", sqlstate=sqlstate)


def sqlite(message: str, code: int) -> Exception:
    return foreign("sqlite3", "OperationalError", message, sqlite_errorcode=code)


def mongodb(*labels: str, **attributes: Any) -> Exception:
    has_label = {"has_error_label": lambda self, label: label in labels}
    return foreign("pymongo.errors", "OperationFailure", "refused", **has_label, **attributes)


POSTGRESQL = [
    ("CONFLICT", postgresql("40001")),
    ("CONFLICT", postgresql("40P01")),
    ("CONFLICT", foreign("psycopg2.errors", "SerializationFailure", pgcode="40001")),
    ("CONFLICT", foreign("psycopg2", "OperationalError", pgcode="CR000")),
    ("UNKNOWN", postgresql("40003")),
    ("UNKNOWN", postgresql("08007")),
    ("CONFLICT", postgresql("55P03")),
    *(("LOST", postgresql(state)) for state in ("25P03", "57P01", "57P02", "57P03", "57P05")),
    ("TIMEOUT", postgresql("57014")),
    *(("LOST", postgresql(state)) for state in ("08000", "08001", "08003", "08006", "08P01")),
    ("LOST", foreign("psycopg", "OperationalError", "the connection is closed")),
    ("LOST", foreign("psycopg2", "InterfaceError", "connection already closed")),
    (None, postgresql("23505")),
    (None, postgresql("25P02")),
    (None, foreign("psycopg", "ProgrammingError", "no SQLSTATE: psycopg's own")),
]
MYSQL = [
    ("CONFLICT", foreign("MySQLdb", "OperationalError", 1213, "serialization failure")),
    ("CONFLICT", foreign("MySQLdb", "OperationalError", 1205, "lock wait timeout")),
    ("CONFLICT", foreign("MySQLdb", "OperationalError", 1020, "record has changed since")),
    ("TIMEOUT", foreign("MySQLdb", "OperationalError", 1969, "max_statement_time exceeded")),
    ("LOST", foreign("MySQLdb", "OperationalError", 1927, "connection was killed")),
    ("LOST", foreign("MySQLdb", "OperationalError", 2013, "lost connection")),
    (None, foreign("MySQLdb", "IntegrityError", 1062, "duplicate entry")),
]
DOLTLITE = [
    ("CONFLICT", sqlite("database is locked", 5)),
    ("CONFLICT", sqlite("database is locked", 5 | 2 << 8)),  # SQLITE_BUSY_SNAPSHOT
    ("CONFLICT", sqlite("database table is locked", 6)),
    ("TIMEOUT", sqlite("interrupted", 9)),
    ("LOST", sqlite("disk I/O error", 10)),
    ("LOST", sqlite("unable to open database file", 14)),
    (None, sqlite("no such table: customers", 1)),
]
MONGODB = [
    ("CONFLICT", mongodb("TransientTransactionError")),
    ("UNKNOWN", mongodb("TransientTransactionError", "UnknownTransactionCommitResult")),
    ("CONFLICT", mongodb(code=112)),
    ("TIMEOUT", mongodb(code=50)),
    ("LOST", foreign("pymongo.errors", "AutoReconnect", "connection closed")),
    ("LOST", foreign("pymongo.errors", "ServerSelectionTimeoutError", "no server")),
    ("LOST", foreign("pymongo.errors", "WaitQueueTimeoutError", "no connection is free")),
    (None, mongodb(code=11000)),
]
KINDS = [
    *((postgresql_errors.error_kind, kind, error) for kind, error in POSTGRESQL),
    *((mysql_errors.error_kind, kind, error) for kind, error in MYSQL),
    *((doltlite_errors.error_kind, kind, error) for kind, error in DOLTLITE),
    *((mongodb_errors.error_kind, kind, error) for kind, error in MONGODB),
]


@pytest.mark.parametrize(("error_kind", "expected", "error"), KINDS)
def test_an_engine_classifies_the_errors_of_its_driver(
    error_kind: Callable[[BaseException], str | None], expected: str | None, error: Exception
) -> None:
    assert error_kind(error) == expected
    assert expected is None or ErrorKind[expected]
    assert error_kind(ValueError("not of a database")) is None


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine of this connection classify the errors of PostgreSQL."""
    monkeypatch.setattr(connection, "error_kind", postgresql_errors.error_kind, raising=False)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("wrapper", [OperationalError, IntegrityError, DatabaseError])
def test_the_kind_is_found_in_the_cause_of_djangos_error(wrapper: type[Exception]) -> None:
    error = wrapper("refused")
    error.__cause__ = postgresql("40001")

    assert classify(error) is ErrorKind.CONFLICT


@pytest.mark.usefixtures("engine")
def test_the_kind_is_found_two_levels_down_the_chain_of_causes() -> None:
    # How a savepoint wraps a 40001: https://github.com/cockroachdb/docs/issues/14002
    inner = OperationalError("refused")
    inner.__cause__ = postgresql("40001")
    outer = TransactionManagementError("An error occurred in the current transaction.")
    outer.__cause__ = inner

    assert classify(outer) is ErrorKind.CONFLICT


@pytest.mark.usefixtures("engine")
def test_the_context_of_an_error_is_not_its_cause() -> None:
    error = ValueError("raised inside of `except` of an earlier 40001")
    error.__context__ = postgresql("40001")

    assert classify(error) is ErrorKind.OTHER


def test_a_cycle_of_causes_does_not_loop_forever() -> None:
    first, second = OperationalError("a"), OperationalError("b")
    first.__cause__, second.__cause__ = second, first

    assert classify(first) is ErrorKind.OTHER


@pytest.mark.parametrize("kind", [kind for kind in ErrorKind if kind is not ErrorKind.OTHER])
def test_only_conflicts_and_timeouts_are_described_as_a_busy_database(kind: ErrorKind) -> None:
    busy = kind in (ErrorKind.CONFLICT, ErrorKind.TIMEOUT)

    assert ("busy with other transactions" in unavailable(kind)) is busy
    assert ("does not answer" in unavailable(kind)) is not busy
