"""PostgreSQL's refusals as its driver, psycopg 3 or psycopg2, raises them."""

from __future__ import annotations

from importlib import import_module

from django.db import OperationalError
from django.db.backends.postgresql.psycopg_any import errors, is_psycopg3

UNREACHABLE = "postgresql://ann:pa55word@127.0.0.1:1/bank"


class SerializationFailure(errors.SerializationFailure):
    """What the server's 40001 becomes; only the driver can give a psycopg2 error its code."""

    sqlstate = pgcode = "40001"


class QueryCanceled(errors.QueryCanceled):
    """What the server's 57014 becomes."""

    sqlstate = pgcode = "57014"


def conflict() -> OperationalError:
    """A serialization failure as it reaches the application."""
    return _as_django_raises(SerializationFailure("restart transaction"))


def lost() -> OperationalError:
    """A connection that is gone: libpq says so, without an SQLSTATE."""
    driver = "psycopg" if is_psycopg3 else "psycopg2"
    return _as_django_raises(import_module(driver).OperationalError("server closed the connection"))


def timed_out() -> OperationalError:
    """A statement that was ended at its time limit, or by an operator."""
    return _as_django_raises(QueryCanceled("canceling statement due to statement timeout"))


def _as_django_raises(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error
