"""Dolt's errors as mysqlclient raises them."""

from __future__ import annotations

import MySQLdb
from django.db import OperationalError

UNREACHABLE = "mysql://ann:pa55word@127.0.0.1:1/bank"


def conflict() -> OperationalError:
    """Return a conflict: another transaction has committed another value of the same column."""
    return _as_django_raises(1213, "serialization failure: this transaction conflicts")


def lost() -> OperationalError:
    """Return the error of a lost connection."""
    return _as_django_raises(2013, "Lost connection to server during query")


def timed_out() -> OperationalError:
    """Return the error of a statement at its time limit: the engine ends its connection."""
    return lost()


def _as_django_raises(number: int, message: str) -> OperationalError:
    error = OperationalError(number, message)
    error.__cause__ = MySQLdb.OperationalError(number, message)
    return error
