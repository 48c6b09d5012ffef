"""The deadline of a request, which bounds its retries, its queueing and its database calls."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

from django.db import connections

from bank.engine import Engine

_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)


def remaining() -> float:
    """Return the seconds until the deadline of the running request, negative after it.

    Infinite outside a request: commands have no deadline.
    """
    return _deadline.get() - time.monotonic()


@contextmanager
def deadline(when: float, databases: Iterable[str] = connections) -> Iterator[None]:
    """Set the deadline for the block: `when` is in seconds of time.monotonic().

    It bounds the retries of all transactions, and the statements, COMMITs and connects of these
    databases (all, if none are given). It does not interrupt Python code.
    """
    token = _deadline.set(when)
    try:
        with ExitStack() as limits:
            for using in databases:
                limits.enter_context(Engine(using).time_limit(remaining()))
            yield
    finally:
        _deadline.reset(token)
