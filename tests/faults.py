"""Makes a database refuse at a chosen moment, to see what the application does then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper


def conflict() -> OperationalError:
    """A serialization failure as it reaches the application."""
    return _as_django_raises(psycopg.errors.SerializationFailure("restart transaction"))


def lost() -> OperationalError:
    """A connection that is gone: libpq says so, without an SQLSTATE."""
    return _as_django_raises(psycopg.OperationalError("server closed the connection"))


@contextmanager
def at_statement(error: Callable[[], Exception], *, times: int = 1) -> Iterator[None]:
    """The next statements are not executed, but raise, where the driver would."""
    execute, faults = CursorWrapper._execute, iter([error] * times)

    def faulty(cursor: CursorWrapper, *statement: Any) -> Any:
        for fault in faults:
            raise fault()
        return execute(cursor, *statement)

    with patch.object(CursorWrapper, "_execute", faulty):
        yield


@contextmanager
def at_commit(
    error: Callable[[], Exception], *, times: int = 1, committed: bool = False
) -> Iterator[None]:
    """The next COMMITs raise, after they were done or instead."""
    commit, faults = connection.commit, iter([error] * times)

    def faulty() -> None:
        for fault in faults:
            if committed:
                commit()
            else:
                connection.rollback()
            raise fault()
        commit()

    with patch.object(connection, "commit", faulty):
        yield


def _as_django_raises(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error
