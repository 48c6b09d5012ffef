"""MongoDB's errors as its driver, pymongo, raises them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db import OperationalError
from pymongo.client_session import ClientSession
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from backends.mongodb.statements import Statements

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


@contextmanager
def at_statement(error: Callable[[], Exception], *, times: int = 1) -> Iterator[None]:
    """Let the next operations raise instead of being executed, where the driver would."""
    run, faults = Statements._run, iter([error] * times)

    def faulty(self: Statements, name: str, operation: Any, *args: Any, **options: Any) -> Any:
        def instead(*args: Any, **options: Any) -> Any:
            for fault in faults:
                raise fault()
            return operation(*args, **options)

        return run(self, name, instead, *args, **options)

    with patch.object(Statements, "_run", faulty):
        yield


@contextmanager
def at_commit(
    error: Callable[[], Exception], *, times: int = 1, committed: bool = False, model: Any = None
) -> Iterator[None]:
    """Let the next COMMITs raise, instead of or after their execution."""
    commit, faults = ClientSession.commit_transaction, iter([error] * times)

    def faulty(session: ClientSession) -> None:
        for fault in faults:
            if committed:
                commit(session)
            else:
                session.abort_transaction()
            raise fault()
        commit(session)

    with patch.object(ClientSession, "commit_transaction", faulty):
        yield


def _as_django_raises(cause: PyMongoError) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error
