"""One attempt to run a transaction: how far it got decides what an error in it means."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, TypeVar

from bank.engine import Engine
from bank.errors import SwallowedError
from bank.transactions.error_kinds import ErrorKind, classify

R = TypeVar("R")
# These errors end the transaction, also inside a savepoint.
REFUSALS = {ErrorKind.CONFLICT, ErrorKind.UNKNOWN, ErrorKind.LOST}


class RetryDecision(enum.Enum):
    """Whether a transaction is run again after an error."""

    RETRY = enum.auto()
    FAIL = enum.auto()
    AMBIGUOUS = enum.auto()


class Stage(enum.Enum):
    """How far an attempt got."""

    BODY = enum.auto()
    COMMIT = enum.auto()
    COMMITTED = enum.auto()


class Attempt:
    """Runs the body and COMMIT once; after an error, decide() says whether to run them again."""

    def __init__(self, using: str) -> None:
        self.using = using
        self.engine = Engine(using)
        self.stage = Stage.BODY
        self.first_refusal: Exception | None = None
        self.last_error: Exception | None = None

    def run(self, body: Callable[[], R]) -> R:
        """Run the body in a new transaction and return its result.

        Raises the error by which the database refused the transaction, even if the body caught
        it, and SwallowedError if the body caught another error that ended the transaction.
        """
        with (
            self.engine.outermost_atomic(),
            self.engine.connection.execute_wrapper(self._remember_refusal),
        ):
            # The first hook: it runs right after COMMIT, before other hooks, which may fail.
            self.engine.connection.on_commit(self._committed)
            result = body()
            if self.first_refusal:
                raise self.first_refusal
            if self._aborted():
                raise SwallowedError from self.last_error
            self.stage = Stage.COMMIT
        return result

    def decide(self, error: Exception) -> RetryDecision:
        """Decide whether to run again after the error that ended this attempt."""
        if self.stage is Stage.COMMITTED:
            return RetryDecision.FAIL
        kind = classify(self.first_refusal or error, self.using)
        before_commit = self.stage is Stage.BODY
        if kind is ErrorKind.OTHER or (kind is ErrorKind.TIMEOUT and before_commit):
            return RetryDecision.FAIL
        if kind is ErrorKind.CONFLICT or before_commit:
            # If COMMIT was never sent, nothing is committed, whatever the kind of the error.
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
        """Whether COMMIT would silently roll back, or commit only some of the writes.

        The engine knows which errors have that effect.
        """
        ended = self.last_error is not None and self.engine.transaction_aborted
        return self.engine.connection.needs_rollback or ended

    def _committed(self) -> None:
        self.stage = Stage.COMMITTED
