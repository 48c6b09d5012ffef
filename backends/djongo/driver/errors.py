"""Translates the exceptions of pymongo and Djongo to those of a database driver.

Djongo makes of everything an empty DatabaseError: a duplicate key is no IntegrityError, and the
message of the server is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from djongo.database import DatabaseError, IntegrityError, NotSupportedError, OperationalError
from djongo.exceptions import SQLDecodeError
from pymongo.errors import BulkWriteError, OperationFailure, PyMongoError

DUPLICATE_KEY = 11000


@contextmanager
def driver_errors(sql: str = "") -> Iterator[None]:
    """Raise the error that Django expects, from pymongo's error if there is one.

    Its labels and its code decide whether the transaction may be run again.
    """
    try:
        yield
    except Exception as error:
        cause = _pymongos(error) or error
        # Djongo's own message contains the values, which must not be logged.
        unread = f"Djongo cannot read {sql}" if isinstance(cause, SQLDecodeError) else None
        raise _kind(cause)(unread or str(cause)) from cause


def _pymongos(error: BaseException | None) -> PyMongoError | None:
    """Return the driver's error among the causes of Djongo's error."""
    while error:
        if isinstance(error, PyMongoError):
            return error
        error = error.__cause__
    return None


def _kind(error: BaseException) -> type[Exception]:
    if isinstance(error, PyMongoError):
        return IntegrityError if DUPLICATE_KEY in _codes(error) else OperationalError
    return NotSupportedError if isinstance(error, SQLDecodeError) else DatabaseError


def _codes(error: PyMongoError) -> set[int | None]:
    """Return the error's code, or those of its parts: insert_many() raises one error for many."""
    if isinstance(error, BulkWriteError):
        return {part["code"] for part in error.details["writeErrors"]}
    return {error.code} if isinstance(error, OperationFailure) else set()
