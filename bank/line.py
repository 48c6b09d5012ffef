"""Where transactions of this process stand when many want the same: one at a time, in order."""

from __future__ import annotations

import threading
import time
from collections import deque
from types import TracebackType


class Line:
    """A reentrant lock that is given in the order of asking, and not waited for without end.

    threading's own may let one wait for seconds while others pass it again and again.
    """

    CROWDED = 1.0  # seconds after a refusal
    PATIENCE = (
        5.0  # seconds; then one goes on without a turn, rather than wait for who waits for it
    )

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._waiting: deque[tuple[int, threading.Event]] = deque()
        self._owner: int | None = None
        self._entered = 0
        self._refused = float("-inf")

    def refused(self) -> None:
        """The database has refused somebody: for a while it is crowded."""
        self._refused = time.monotonic()

    @property
    def crowded(self) -> bool:
        """Whether who comes new had better stand in line as well."""
        return time.monotonic() - self._refused < self.CROWDED

    def __enter__(self) -> None:
        me, turn = threading.get_ident(), threading.Event()
        with self._changing:
            if self._owner in (None, me):
                self._owner = me
                self._entered += 1
                return
            self._waiting.append((me, turn))
        if not turn.wait(self.PATIENCE):
            with self._changing:
                if not turn.is_set():
                    self._waiting.remove((me, turn))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._changing:
            if self._owner != threading.get_ident():
                return
            self._entered -= 1
            if self._entered:
                return
            self._owner = None
            if self._waiting:
                self._owner, turn = self._waiting.popleft()
                self._entered = 1
                turn.set()
