"""One try of a transaction: how far it came, and so what an error from it means."""

from __future__ import annotations

import enum
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from django.db import connections, transaction

from bank.database_errors import Meaning, meaning

R = TypeVar("R")


class Verdict(enum.Enum):
    """What to do about an error."""

    RETRY = enum.auto()
    FAIL = enum.auto()
    AMBIGUOUS = enum.auto()


class Stage(enum.Enum):
    """How far an attempt came."""

    BODY = enum.auto()
    COMMIT = enum.auto()
    COMMITTED = enum.auto()


class Attempt:
    """Runs a body and COMMIT once; afterwards says what an error of theirs asks for."""

    def __init__(self, using: str) -> None:
        self.using = using
        self.stage = Stage.BODY
        self.first_refusal: Exception | None = None

    def run(self, body: Callable[[], R]) -> R:
        """Run the body in a transaction of its own; raise a refusal even if the body caught it."""
        with (
            _outermost_atomic(self.using),
            connections[self.using].execute_wrapper(self._remember_refusal),
        ):
            # The first hook, so that it runs right after COMMIT and before any that may fail.
            transaction.on_commit(self._committed, using=self.using)
            result = body()
            if self.first_refusal:
                # The transaction is dead; PostgreSQL would answer COMMIT with a silent ROLLBACK.
                raise self.first_refusal
            self.stage = Stage.COMMIT
        return result

    def verdict(self, error: Exception) -> Verdict:
        """What to do about the error that ended this attempt."""
        if self.stage is Stage.COMMITTED:
            return Verdict.FAIL
        said = meaning(self.first_refusal or error)
        if said is Meaning.OTHER:
            return Verdict.FAIL
        if said is Meaning.CONFLICT or self.stage is Stage.BODY:
            # Where COMMIT was never sent nothing is committed, whatever else is unknown.
            return Verdict.RETRY
        return Verdict.AMBIGUOUS

    def _remember_refusal(self, execute: Callable[..., Any], *statement: Any) -> Any:
        try:
            return execute(*statement)
        except Exception as error:
            if self.first_refusal is None and meaning(error) is not Meaning.OTHER:
                self.first_refusal = error
            raise

    def _committed(self) -> None:
        self.stage = Stage.COMMITTED


def _outermost_atomic(using: str) -> AbstractContextManager[Any]:
    """Django's, or the engine's own where Django's begins no transaction."""
    own = getattr(connections[using], "outermost_atomic", None)
    return own() if own else transaction.atomic(using=using, durable=True)
