"""What the errors of every driver mean: the table of bank/database_errors.py."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError
from django.db.transaction import TransactionManagementError

from bank.database_errors import Meaning, meaning, unavailable


def foreign(module: str, name: str, *args: Any, **attributes: Any) -> Exception:
    """An error of a driver that need not be installed to know what its errors look like."""
    kind = type(name, (Exception,), {"__module__": module, **attributes})
    return kind(*args)


def postgresql(sqlstate: str) -> Exception:
    return foreign("psycopg.errors", "Error", "refused", sqlstate=sqlstate)


def sqlite(message: str, code: int) -> Exception:
    return foreign("sqlite3", "OperationalError", message, sqlite_errorcode=code)


def mongodb(*labels: str, **attributes: Any) -> Exception:
    has_label = {"has_error_label": lambda self, label: label in labels}
    return foreign("pymongo.errors", "OperationFailure", "refused", **has_label, **attributes)


MEANINGS = [
    (Meaning.CONFLICT, postgresql("40001")),
    (Meaning.CONFLICT, postgresql("40P01")),
    (Meaning.CONFLICT, foreign("psycopg2.errors", "SerializationFailure", pgcode="40001")),
    (Meaning.CONFLICT, foreign("psycopg2", "OperationalError", pgcode="CR000")),
    (Meaning.UNKNOWN, postgresql("40003")),
    (Meaning.UNKNOWN, postgresql("08007")),
    (Meaning.CONFLICT, postgresql("55P03")),
    (Meaning.LOST, postgresql("25P03")),
    (Meaning.LOST, postgresql("57P01")),
    (Meaning.LOST, postgresql("57P02")),
    (Meaning.LOST, postgresql("57P03")),
    (Meaning.LOST, postgresql("57P05")),
    (Meaning.TIMEOUT, postgresql("57014")),
    *((Meaning.LOST, postgresql(state)) for state in ("08000", "08001", "08003", "08006", "08P01")),
    (Meaning.LOST, foreign("psycopg", "OperationalError", "the connection is closed")),
    (Meaning.LOST, foreign("psycopg2", "InterfaceError", "connection already closed")),
    (Meaning.OTHER, postgresql("23505")),
    (Meaning.OTHER, postgresql("25P02")),
    (Meaning.OTHER, foreign("psycopg", "ProgrammingError", "no SQLSTATE: psycopg's own")),
    (Meaning.CONFLICT, foreign("MySQLdb", "OperationalError", 1213, "serialization failure")),
    (Meaning.CONFLICT, foreign("MySQLdb", "OperationalError", 1205, "lock wait timeout")),
    (Meaning.LOST, foreign("MySQLdb", "OperationalError", 2013, "lost connection")),
    (Meaning.OTHER, foreign("MySQLdb", "IntegrityError", 1062, "duplicate entry")),
    (Meaning.CONFLICT, sqlite("database is locked", 5)),
    (Meaning.CONFLICT, sqlite("database is locked", 5 | 2 << 8)),  # SQLITE_BUSY_SNAPSHOT
    (Meaning.CONFLICT, sqlite("database table is locked", 6)),
    (Meaning.TIMEOUT, sqlite("interrupted", 9)),
    (Meaning.LOST, sqlite("disk I/O error", 10)),
    (Meaning.LOST, sqlite("unable to open database file", 14)),
    (Meaning.OTHER, sqlite("no such table: customers", 1)),
    (Meaning.CONFLICT, mongodb("TransientTransactionError")),
    (Meaning.UNKNOWN, mongodb("TransientTransactionError", "UnknownTransactionCommitResult")),
    (Meaning.CONFLICT, mongodb(code=112)),
    (Meaning.TIMEOUT, mongodb(code=50)),
    (Meaning.LOST, foreign("pymongo.errors", "AutoReconnect", "connection closed")),
    (Meaning.LOST, foreign("pymongo.errors", "ServerSelectionTimeoutError", "no server")),
    (Meaning.LOST, foreign("pymongo.errors", "WaitQueueTimeoutError", "no connection is free")),
    (Meaning.OTHER, mongodb(code=11000)),
    (Meaning.OTHER, ValueError("not of a database")),
]


@pytest.mark.parametrize(("expected", "error"), MEANINGS)
def test_the_meaning_of_an_error(expected: Meaning, error: Exception) -> None:
    assert meaning(error) is expected


@pytest.mark.parametrize("wrapper", [OperationalError, IntegrityError, DatabaseError])
def test_it_is_found_below_what_django_raises(wrapper: type[Exception]) -> None:
    error = wrapper("refused")
    error.__cause__ = postgresql("40001")

    assert meaning(error) is Meaning.CONFLICT


def test_it_is_found_two_levels_down() -> None:
    # https://github.com/cockroachdb/docs/issues/14002: what a savepoint makes of a 40001
    inner = OperationalError("refused")
    inner.__cause__ = postgresql("40001")
    outer = TransactionManagementError("An error occurred in the current transaction.")
    outer.__cause__ = inner

    assert meaning(outer) is Meaning.CONFLICT


def test_an_error_that_was_only_being_handled_is_no_cause() -> None:
    error = ValueError("raised inside of `except` of an earlier 40001")
    error.__context__ = postgresql("40001")

    assert meaning(error) is Meaning.OTHER


def test_a_chain_that_ends_in_itself_is_no_trap() -> None:
    first, second = OperationalError("a"), OperationalError("b")
    first.__cause__, second.__cause__ = second, first

    assert meaning(first) is Meaning.OTHER


@pytest.mark.parametrize("said", [m for m in Meaning if m is not Meaning.OTHER])
def test_only_a_database_that_is_busy_is_called_so(said: Meaning) -> None:
    busy = said in (Meaning.CONFLICT, Meaning.TIMEOUT)

    assert ("busy with other transactions" in unavailable(said)) is busy
    assert ("does not answer" in unavailable(said)) is not busy
