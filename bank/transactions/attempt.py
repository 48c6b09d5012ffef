"""One try of a transaction: how far it came, and so what an error from it means."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connections, transaction

from bank.engine import Engine
from bank.errors import SwallowedError
from bank.transactions.error_kinds import ErrorKind, classify

R = TypeVar("R")
REFUSALS = {
    ErrorKind.CONFLICT,
    ErrorKind.UNKNOWN,
    ErrorKind.LOST,
}  # they end a transaction, savepoint or not


class RetryDecision(enum.Enum):
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
        self.last_error: Exception | None = None

    def run(self, body: Callable[[], R]) -> R:
        """Run the body in a transaction of its own; raise a refusal even if the body caught it.

        Raise SwallowedError where it caught another error that ended the transaction.
        """
        with (
            Engine(self.using).outermost_atomic(),
            connections[self.using].execute_wrapper(self._remember_refusal),
        ):
            # The first hook, so that it runs right after COMMIT and before any that may fail.
            transaction.on_commit(self._committed, using=self.using)
            result = body()
            if self.first_refusal:
                raise self.first_refusal
            if self._aborted():
                raise SwallowedError from self.last_error
            self.stage = Stage.COMMIT
        return result

    def decide(self, error: Exception) -> RetryDecision:
        """What to do about the error that ended this attempt."""
        if self.stage is Stage.COMMITTED:
            return RetryDecision.FAIL
        said = classify(self.first_refusal or error, self.using)
        before_commit = self.stage is Stage.BODY
        if said is ErrorKind.OTHER or (said is ErrorKind.TIMEOUT and before_commit):
            return RetryDecision.FAIL
        if said is ErrorKind.CONFLICT or before_commit:
            # Where COMMIT was never sent nothing is committed, whatever else is unknown.
            return RetryDecision.RETRY
        return RetryDecision.AMBIGUOUS

    def _remember_refusal(self, execute: Callable[..., Any], *statement: Any) -> Any:
        try:
            return execute(*statement)
        except Exception as error:
            self.last_error = error
            if self.first_refusal is None and classify(error, self.using) in REFUSALS:
                self.first_refusal = error
            raise

    def _aborted(self) -> bool:
        """Whether COMMIT would be answered with a silent ROLLBACK, or commit only a part.

        After which errors that is so, the engine knows.
        """
        ended = self.last_error is not None and Engine(self.using).transaction_aborted
        return connections[self.using].needs_rollback or ended

    def _committed(self) -> None:
        self.stage = Stage.COMMITTED
