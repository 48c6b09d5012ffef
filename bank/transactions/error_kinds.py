"""The kinds of database errors: what an error means for the transaction that it came from.

The engine knows which errors are of which kind (bank/engine.py); the tables are in backends/NAME/.
Django raises its own error `from` the driver's, sometimes twice, so the chain of `__cause__` is
searched. `__context__` is not: it may be an error of an earlier transaction, which was being
handled when this one was raised.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator

from django.db import DEFAULT_DB_ALIAS, IntegrityError

from bank.engine import Engine


class ErrorKind(enum.Enum):
    """The meaning of an error for its transaction."""

    CONFLICT = "rolled back for a reason that may no longer apply in a retry"
    UNKNOWN = "the server itself cannot say whether it committed"
    LOST = "the connection is gone; the transaction too, unless COMMIT was already sent"
    TIMEOUT = "the statement was ended because it took too long, or by an operator"
    OTHER = "a retry would fail in the same way"


def classify(error: BaseException, using: str = DEFAULT_DB_ALIAS) -> ErrorKind:
    """Return the kind of the first error, of this one and its causes, that the engine knows.

    OTHER if the engine knows none of them.
    """
    engine = Engine(using)
    for cause in causes(error):
        if kind := engine.error_kind(cause):
            return ErrorKind[kind]
    return ErrorKind.OTHER


def unavailable(kind: ErrorKind) -> str:
    """Return the detail of a response with status 503: the reason, and what the client can do."""
    if kind in (ErrorKind.CONFLICT, ErrorKind.TIMEOUT):
        return (
            "The database is busy with other transactions (a lock or a timeout); "
            "send the request again."
        )
    return "The database does not answer; try again."


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error, then the errors that it was raised from (`__cause__`), outermost first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__


def broken_constraint(error: IntegrityError, using: str = DEFAULT_DB_ALIAS) -> str:
    """Return the name of the violated constraint, or "" if the driver does not name it."""
    engine = Engine(using)
    return next((name for cause in causes(error) if (name := engine.broken_constraint(cause))), "")
