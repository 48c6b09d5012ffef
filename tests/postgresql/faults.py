"""PostgreSQL's errors as its driver, psycopg 3 or psycopg2, raises them."""

from __future__ import annotations

from importlib import import_module

from django.db import OperationalError
from django.db.backends.postgresql.psycopg_any import errors, is_psycopg3

UNREACHABLE = "postgresql://ann:pa55word@127.0.0.1:1/bank"


class SerializationFailure(errors.SerializationFailure):
    """The driver's error for 40001; psycopg2 allows only itself to set the code of its errors."""

    sqlstate = pgcode = "40001"


class QueryCanceled(errors.QueryCanceled):
    """The driver's error for 57014."""

    sqlstate = pgcode = "57014"


def conflict() -> OperationalError:
    """Return a serialization failure."""
    return _as_django_raises(SerializationFailure("restart transaction"))


def lost() -> OperationalError:
    """Return the error of a lost connection, which libpq reports without an SQLSTATE."""
    driver = "psycopg" if is_psycopg3 else "psycopg2"
    return _as_django_raises(import_module(driver).OperationalError("server closed the connection"))


def timed_out() -> OperationalError:
    """Return the error of a statement that exceeded its time limit or was canceled."""
    return _as_django_raises(QueryCanceled("canceling statement due to statement timeout"))


def _as_django_raises(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error
