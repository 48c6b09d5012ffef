"""DoltLite's refusals as Python's sqlite3 raises them."""

from __future__ import annotations

import sqlite3

from django.db import OperationalError

UNREACHABLE = "doltlite:////no/such/directory/bank.db"


def conflict() -> OperationalError:
    """A second writer that has waited long enough, as it reaches the application."""
    return _as_django_raises("database is locked", sqlite3.SQLITE_BUSY)


def lost() -> OperationalError:
    """There is no connection to lose; what can be lost during COMMIT is the disk."""
    return _as_django_raises("disk I/O error", sqlite3.SQLITE_IOERR)


def timed_out() -> OperationalError:
    """A statement that was ended at its time limit."""
    return _as_django_raises("interrupted", sqlite3.SQLITE_INTERRUPT)


def _as_django_raises(message: str, code: int) -> OperationalError:
    error, cause = OperationalError(message), sqlite3.OperationalError(message)
    cause.sqlite_errorcode = code
    error.__cause__ = cause
    return error
