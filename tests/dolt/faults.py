"""What Dolt's refusals look like, for the tests that make some."""

from __future__ import annotations

import MySQLdb
from django.db import OperationalError

UNREACHABLE = "mysql://ann:pa55word@127.0.0.1:1/bank"


def conflict() -> OperationalError:
    """Another transaction has committed another value for what this one has written."""
    return _as_django_raises(1213, "serialization failure: this transaction conflicts")


def lost() -> OperationalError:
    """A connection that is gone."""
    return _as_django_raises(2013, "Lost connection to server during query")


def timed_out() -> OperationalError:
    """A statement at its time limit: the engine ends its connection."""
    return lost()


def _as_django_raises(number: int, message: str) -> OperationalError:
    error = OperationalError(number, message)
    error.__cause__ = MySQLdb.OperationalError(number, message)
    return error
