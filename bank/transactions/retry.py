"""Run a transaction again when the database refuses it.

A database that isolates transactions (SERIALIZABLE on PostgreSQL and CockroachDB, the merge at
COMMIT on Dolt) sometimes refuses a correct transaction, and expects its client to retry it:
https://www.cockroachlabs.com/docs/stable/transaction-retry-error-reference
"""

from __future__ import annotations

import functools
import inspect
import itertools
import logging
import random
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar, overload

from django.db import DEFAULT_DB_ALIAS, connections

from bank.errors import AmbiguousCommit, NestedTransaction, RetriesExhausted, TransactionError
from bank.transactions.attempt import Attempt, RetryDecision
from bank.transactions.deadline import remaining
from bank.transactions.outcomes import outcomes
from bank.transactions.retry_queue import RetryQueue

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger("bank.transactions")
# Transactions that start at the same time conflict with each other again and again. So after a
# refusal a process runs its refused transactions, and for a while new ones too, one at a time.
queues: defaultdict[str, RetryQueue] = defaultdict(RetryQueue)
retries_here: ContextVar[int] = ContextVar("retries_here", default=0)


@overload
def retry_transaction(function: Callable[P, R], /) -> Callable[P, R]: ...


@overload
def retry_transaction(
    *, using: str = ..., attempts: int = ..., deadline: float = ..., idempotent: bool = ...
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def retry_transaction(
    function: Callable[..., Any] | None = None,
    /,
    *,
    using: str = DEFAULT_DB_ALIAS,
    attempts: int = 100,
    deadline: float = 5.0,
    idempotent: bool = False,
) -> Callable[..., Any]:
    """Decorate a function or method: each call is a transaction, retried until it is committed.

    The whole body is run again, so its effects outside the database belong in
    transaction.on_commit(): those hooks run once, after the attempt that committed.

    - It runs again after a conflict (40001, a deadlock, Dolt's 1213, a transient MongoDB error),
      also one that the body has caught, and after a connection lost before COMMIT. Between two
      attempts it waits: see backoff(). It raises RetriesExhausted after `attempts` attempts, or
      before an attempt that would begin after `deadline` seconds or after the deadline of the
      running request (bank/transactions/deadline.py).
    - `deadline` bounds when the last attempt begins. A running attempt is ended only by the
      deadline of the request.
    - It never runs again after COMMIT: the error of an on_commit hook is raised unchanged.
    - It raises AmbiguousCommit if it is unknown whether COMMIT succeeded. With idempotent=True
      the body is run again instead, and must itself find out what was committed.
    - It raises SwallowedError if the body has caught an error that ended its transaction,
      NestedTransaction inside another transaction, and all other errors unchanged.
    """
    if attempts < 1:
        raise ValueError("retry_transaction needs at least one attempt.")
    retry = functools.partial(
        _retry, using=using, attempts=attempts, deadline=deadline, idempotent=idempotent
    )

    def decorate(body: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(body):
            raise TypeError("retry_transaction takes an ordinary function; use sync_to_async(it).")

        @functools.wraps(body)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return retry(functools.partial(body, *args, **kwargs))

        return wrapper

    return decorate if function is None else decorate(function)


def _retry(
    body: functools.partial[R], *, using: str, attempts: int, deadline: float, idempotent: bool
) -> R:
    _refuse_nesting(using)
    give_up = time.monotonic() + min(deadline, remaining())
    ambiguous, refusal = False, None
    for number in itertools.count(1):
        attempt = Attempt(using)
        try:
            with _turn(queues[using], number, give_up):
                if time.monotonic() > give_up:
                    raise _gave_up(ambiguous) from refusal
                result = attempt.run(body)
        except TransactionError:
            raise
        except Exception as error:
            decision, refusal = attempt.decide(error), error
            if decision is RetryDecision.FAIL:
                raise
            ambiguous |= decision is RetryDecision.AMBIGUOUS
            pause = backoff(number)
            last = number == attempts or time.monotonic() + pause > give_up
            if last or (ambiguous and not idempotent):
                raise _gave_up(ambiguous) from error
            queues[using].refused()
            _note_retry(body, number, pause, error)
        else:
            outcomes.count("committed")
            return result
        time.sleep(pause)
        connections[using].close_if_unusable_or_obsolete()
    raise AssertionError("itertools.count ended")


def _turn(queue: RetryQueue, number: int, give_up: float) -> AbstractContextManager[Any]:
    waits = number > 1 or queue.contended
    return queue.turn(give_up - time.monotonic()) if waits else nullcontext()


def _gave_up(ambiguous: bool) -> TransactionError:
    outcomes.count("ambiguous" if ambiguous else "refused")
    return AmbiguousCommit() if ambiguous else RetriesExhausted()


def backoff(attempt: int, *, base: float = 0.005, cap: float = 0.5) -> float:
    """Return the seconds to wait after this attempt (1, 2, …): random, up to a limit that doubles.

    The limit is `base` seconds before the first doubling, and at most `cap` seconds. Full jitter
    spreads colliding clients best:
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    return random.uniform(0, min(cap, base * 2 ** min(attempt, 30)))


def _refuse_nesting(using: str) -> None:
    blocks = connections[using].atomic_blocks
    # A TestCase holds a transaction around every test; Django allows durable blocks inside it.
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise NestedTransaction


def _note_retry(body: functools.partial[Any], number: int, pause: float, error: Exception) -> None:
    outcomes.count("retried")
    retries_here.set(retries_here.get() + 1)
    name = getattr(body.func, "__qualname__", "transaction")
    logger.info("%s refused %d times, again in %.0f ms: %s", name, number, pause * 1e3, error)
