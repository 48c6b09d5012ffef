"""pymongo's errors as Django's, at every door of the engine.

django-mongodb-backend translates what its compilers raise, but not what COMMIT, a cursor or the
first contact with the server does, and a lost connection only as a plain DatabaseError.
"""

from __future__ import annotations

from types import TracebackType

from django.db import IntegrityError, OperationalError
from django.db.utils import DatabaseErrorWrapper
from pymongo.errors import BulkWriteError, PyMongoError

DUPLICATE_KEY = 11000


class DriverErrors(DatabaseErrorWrapper):
    """A context manager: an error of pymongo leaves it as Django's, with pymongo's as the cause.

    A duplicate key is an IntegrityError. All else is an OperationalError; what it means for the
    transaction is in its labels and its code.
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
    """Its code, or those of its parts: what insert_many() raises is one error around many."""
    if isinstance(error, BulkWriteError):
        return {part["code"] for part in error.details["writeErrors"]}
    return {getattr(error, "code", None)}
