"""Where transactions of this process stand that must be run again, so that they can succeed."""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class Line:
    """A reentrant lock that is given in the order of asking, and that others can wait for.

    threading's own may let one wait for seconds while others pass it again and again.
    """

    COURTESY = 1.0  # seconds; no longer, or two who wait for each other would wait for ever

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._waiting: deque[tuple[int, threading.Event]] = deque()
        self._owner: int | None = None
        self._entered = 0
        self._empty = threading.Event()
        self._empty.set()

    def let_pass(self) -> None:
        """Wait until nobody stands in line, up to COURTESY."""
        if self._owner != threading.get_ident():
            self._empty.wait(self.COURTESY)

    def __enter__(self) -> None:
        me, turn = threading.get_ident(), threading.Event()
        with self._changing:
            if self._owner in (None, me):
                self._owner = me
                self._entered += 1
                self._empty.clear()
                return
            self._waiting.append((me, turn))
        turn.wait()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._changing:
            self._entered -= 1
            if self._entered:
                return
            if self._waiting:
                self._owner, turn = self._waiting.popleft()
                self._entered = 1
                turn.set()
            else:
                self._owner = None
                self._empty.set()
