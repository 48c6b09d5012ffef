"""Time limits on what a database does that hold also while its server is stopped.

A server's own limits (statement_timeout, lock_timeout) end a statement and keep the connection, but
a server that hangs keeps no limits, and on a wire that was cut silently its word never arrives. So
one thread of this process shuts down the socket of a connection whose time is over: whatever waits
for it then fails at once, as after any loss of a connection.
"""

from __future__ import annotations

import math
import os
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

CONNECT_TIMEOUT = 2  # seconds; psycopg and libpq take no less


class Watchdog:
    """Calls functions at their time, unless they have been withdrawn, from a thread of its own.

    The thread starts with the first function. A function runs under the lock under which it is
    withdrawn: after that it does not run, and does not go on running.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: dict[object, tuple[float, Callable[[], None]]] = {}
        self._wakes = math.inf  # when the thread looks again
        self._thread = threading.Thread()  # never started

    @contextmanager
    def calling(self, function: Callable[[], None], when: float) -> Iterator[None]:
        """Call it if the block has not ended at this time.monotonic()."""
        key = object()
        with self._changed:
            self._due[key] = when, function
            if not self._thread.is_alive():  # the first time, or in a forked process
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            if when < self._wakes:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._due.pop(key, None)

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for key, (when, function) in list(self._due.items()):
                    if when <= now:
                        del self._due[key]
                        function()
                self._wakes = min((when for when, _ in self._due.values()), default=math.inf)
                self._changed.wait(None if self._wakes == math.inf else self._wakes - now)


watchdog = Watchdog()


class TimeLimit:
    """Goes before Django's DatabaseWrapper, in an engine whose connections have a fileno()."""

    Database: Any
    too_late: tuple[Any, ...] = ("There is no time left to connect.",)
    _deadline = math.inf  # of time.monotonic()
    _socket: Socket | None = None

    @contextmanager
    def time_limit(self, seconds: float) -> Iterator[None]:
        """End the connection if the block takes longer, and make none after that.

        Only the connection of the thread that runs the block, and only while it runs it. Blocks
        may be nested: the earliest end counts.
        """
        outer, self._deadline = self._deadline, min(self._deadline, time.monotonic() + seconds)
        try:
            with watchdog.calling(self._shut_down, self._deadline):
                yield
        finally:
            self._deadline = outer

    @property
    def has_time_limit(self) -> bool:
        """Whether a block with a time limit is running."""
        return self._deadline < math.inf

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()  # type: ignore[misc]
        default = {"connect_timeout": CONNECT_TIMEOUT}
        return params | default if self.has_time_limit else default | params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Raise the driver's OperationalError where the time is too short to connect."""
        if self._deadline - time.monotonic() < CONNECT_TIMEOUT:
            raise self.Database.OperationalError(*self.too_late)
        connection = super().get_new_connection(conn_params)  # type: ignore[misc]
        self._socket = Socket(connection.fileno())
        if time.monotonic() > self._deadline:  # the watchdog has found no socket to shut down
            connection.close()
            raise self.Database.OperationalError(*self.too_late)
        return connection

    def _close(self) -> None:
        super()._close()  # type: ignore[misc]
        self._socket = None

    def _shut_down(self) -> None:
        if own := self._socket:
            own.shut_down()


class Socket:
    """A second descriptor of a connected socket: it stays ours when the driver closes its own."""

    def __init__(self, number: int) -> None:
        self._own = socket.socket(fileno=os.dup(number))
        weakref.finalize(self, self._own.close)

    def shut_down(self) -> None:
        """End the connection at both ends: who reads from it reads its end."""
        with suppress(OSError):  # it has ended already
            self._own.shutdown(socket.SHUT_RDWR)
