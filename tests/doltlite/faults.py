"""DoltLite's errors as Python's sqlite3 raises them."""

from __future__ import annotations

import sqlite3

from django.db import OperationalError

UNREACHABLE = "doltlite:////no/such/directory/bank.db"


def conflict() -> OperationalError:
    """Return the error of a second writer whose wait for the lock has timed out."""
    return _as_django_raises("database is locked", sqlite3.SQLITE_BUSY)


def lost() -> OperationalError:
    """Return an error of the disk, which here takes the place of a lost connection."""
    return _as_django_raises("disk I/O error", sqlite3.SQLITE_IOERR)


def timed_out() -> OperationalError:
    """Return the error of a statement that exceeded its time limit."""
    return _as_django_raises("interrupted", sqlite3.SQLITE_INTERRUPT)


def _as_django_raises(message: str, code: int) -> OperationalError:
    error, cause = OperationalError(message), sqlite3.OperationalError(message)
    cause.sqlite_errorcode = code
    error.__cause__ = cause
    return error
