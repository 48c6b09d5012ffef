"""The time that a request has: one deadline for its queues, its transactions and its statements."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bank.engine import Engine

_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)


def remaining() -> float:
    """Seconds until the running request is over, negative after that; infinite outside of one.

    Commands and other code that no request waits for have all the time they need.
    """
    return _deadline.get() - time.monotonic()


@contextmanager
def deadline(when: float) -> Iterator[None]:
    """Let retries and statements of the default database end at this time.monotonic()."""
    token = _deadline.set(when)
    try:
        with Engine().time_limit(remaining()):
            yield
    finally:
        _deadline.reset(token)
