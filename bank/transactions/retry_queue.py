"""A queue of this process for transactions that the database has refused: one runs at a time."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class RetryQueue:
    """A reentrant lock that is acquired first come, first served, and waited for with a timeout.

    A thread may wait for threading's own locks for seconds while others acquire them repeatedly.
    """

    CONTENDED = 1.0  # seconds after a refusal during which new transactions queue as well
    MAX_WAIT = 5.0  # seconds; then it runs without a turn: the owner may be waiting for it

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._waiting: deque[tuple[int, threading.Event]] = deque()
        self._owner: int | None = None
        self._entered = 0
        self._refused = float("-inf")

    def refused(self) -> None:
        """Note that the database has refused a transaction."""
        self._refused = time.monotonic()

    @property
    def contended(self) -> bool:
        """Whether new transactions should queue as well: there was a refusal a short time ago."""
        return time.monotonic() - self._refused < self.CONTENDED

    @contextmanager
    def turn(self, seconds: float) -> Iterator[bool]:
        """Wait for a turn, at most `seconds` and at most MAX_WAIT; yield whether it was acquired.

        The block runs in either case; the turn ends with it.
        """
        acquired = self._acquire(max(0.0, min(seconds, self.MAX_WAIT)))
        try:
            yield acquired
        finally:
            if acquired:
                self._release()

    def _acquire(self, seconds: float) -> bool:
        me, turn = threading.get_ident(), threading.Event()
        with self._changing:
            if self._owner in (None, me):
                self._owner = me
                self._entered += 1
                return True
            self._waiting.append((me, turn))
        if turn.wait(seconds):
            return True
        with self._changing:
            if not turn.is_set():
                self._waiting.remove((me, turn))
            return turn.is_set()

    def _release(self) -> None:
        with self._changing:
            self._entered -= 1
            if self._entered:
                return
            self._owner = None
            if self._waiting:
                self._owner, turn = self._waiting.popleft()
                self._entered = 1
                turn.set()
