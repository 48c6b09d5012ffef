"""Translates pymongo's errors to Django's.

django-mongodb-backend translates those of its compilers, but not those of COMMIT, of a cursor or of
connecting, and it translates a lost connection to a plain DatabaseError.
"""

from __future__ import annotations

from types import TracebackType

from django.db import IntegrityError, OperationalError
from django.db.utils import DatabaseErrorWrapper
from pymongo.errors import BulkWriteError, PyMongoError

DUPLICATE_KEY = 11000


class DriverErrors(DatabaseErrorWrapper):
    """A context manager that raises Django's error from pymongo's.

    A duplicate key is an IntegrityError, every other error an OperationalError; its cause's labels
    and code say what it means for the transaction (backends/mongodb/error_codes.py).
    """

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, PyMongoError):
            broken = DUPLICATE_KEY in _codes(error)
            raise (IntegrityError if broken else OperationalError)(str(error)) from error


def _codes(error: PyMongoError) -> set[int | None]:
    """Return the error's code, or those of its parts: insert_many() raises one error for many."""
    if isinstance(error, BulkWriteError):
        return {part["code"] for part in error.details["writeErrors"]}
    return {getattr(error, "code", None)}
