"""MariaDB's errors as mysqlclient raises them."""

from __future__ import annotations

import MySQLdb
from django.db import OperationalError

UNREACHABLE = "mysql://ann:pa55word@127.0.0.1:1/bank"


def conflict() -> OperationalError:
    """Return a deadlock: two transactions that have read a row both write it."""
    return _as_django_raises(1213, "Deadlock found when trying to get lock")


def lost() -> OperationalError:
    """Return the error of a lost connection."""
    return _as_django_raises(2013, "Lost connection to server during query")


def timed_out() -> OperationalError:
    """Return the error of a statement that exceeded max_statement_time."""
    return _as_django_raises(1969, "Query execution was interrupted (max_statement_time exceeded)")


def _as_django_raises(number: int, message: str) -> OperationalError:
    error = OperationalError(number, message)
    error.__cause__ = MySQLdb.OperationalError(number, message)
    return error
