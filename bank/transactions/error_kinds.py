"""What a database error says about the transaction it came from.

Which errors these are, the engine knows (bank/engine.py); the tables are in backends/NAME/. Django
raises its own error `from` the driver's, sometimes twice, so the chain of `__cause__` is looked at.
`__context__` is not: it is whatever was being handled meanwhile, an error of an earlier transaction
for instance.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator

from django.db import DEFAULT_DB_ALIAS, IntegrityError

from bank.engine import Engine


class ErrorKind(enum.Enum):
    """What an error says about its transaction."""

    CONFLICT = "rolled back for a reason that may be gone at the next try"
    UNKNOWN = "the server itself cannot say whether it committed"
    LOST = "the connection is gone; the transaction too, unless COMMIT was already sent"
    TIMEOUT = "the statement was ended because it took too long, or by an operator"
    OTHER = "nothing that trying again would change"


def classify(error: BaseException, using: str = DEFAULT_DB_ALIAS) -> ErrorKind:
    """The first kind but OTHER of the error or one of its causes, as the database's engine says."""
    engine = Engine(using)
    for cause in causes(error):
        if kind := engine.error_kind(cause):
            return ErrorKind[kind]
    return ErrorKind.OTHER


def unavailable(kind: ErrorKind) -> str:
    """What a client is to do about such an error, for a response with status 503."""
    if kind in (ErrorKind.CONFLICT, ErrorKind.TIMEOUT):
        return (
            "The database is busy with other transactions (a lock or a timeout); "
            "send the request again."
        )
    return "The database does not answer; try again."


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error, then what it was raised from, outermost first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__


def broken_constraint(error: IntegrityError, using: str = DEFAULT_DB_ALIAS) -> str:
    """The name of the constraint that was broken, or "" where the driver does not tell."""
    engine = Engine(using)
    return next((name for cause in causes(error) if (name := engine.broken_constraint(cause))), "")
