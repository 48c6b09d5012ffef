"""MongoDB's errors as Djongo raises them."""

from __future__ import annotations

from django.db import OperationalError
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

UNREACHABLE = "mongodb://ann:pa55word@127.0.0.1:1/bank?serverSelectionTimeoutMS=200"

WRITE_CONFLICT = {"code": 112, "errorLabels": ["TransientTransactionError"]}


def conflict() -> OperationalError:
    """Return a write conflict."""
    return _as_django_raises(OperationFailure("WriteConflict", 112, WRITE_CONFLICT))


def lost() -> OperationalError:
    """Return the error of a lost connection."""
    return _as_django_raises(AutoReconnect("connection closed"))


def timed_out() -> OperationalError:
    """Return the error of an operation that exceeded its time limit."""
    return _as_django_raises(OperationFailure("MaxTimeMSExpired", 50))


def _as_django_raises(cause: PyMongoError) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error
