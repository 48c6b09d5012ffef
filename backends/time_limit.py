"""Time limits for database calls that also work while the server hangs.

A server's own timeouts (statement_timeout, lock_timeout) end a statement and keep the connection.
But a server that hangs enforces no timeouts, and its messages may be lost on the network. So one
thread of this process shuts down the socket of a connection whose time limit is over: a call that
waits for the server then fails immediately, as after any loss of a connection.
"""

from __future__ import annotations

import math
import os
import select
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

CONNECT_TIMEOUT = 2  # seconds; the minimum of psycopg and libpq


class Watchdog:
    """Calls functions in a separate thread at given times, unless they are canceled before.

    The thread starts with the first function. A function is called under the lock with which it is
    canceled: once it is canceled, it neither starts nor is still running. Thread-safe.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: dict[object, tuple[float, Callable[[], None]]] = {}
        self._wakes = math.inf  # when the thread wakes up, in seconds of time.monotonic()
        self._thread = threading.Thread()  # not alive; replaced at first use

    def call(self, function: Callable[[], None], when: float) -> object:
        """Call the function at `when` (time.monotonic()); return a key for cancel()."""
        key = object()
        with self._changed:
            self._due[key] = when, function
            if not self._thread.is_alive():  # at first use, or in a forked process
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            if when < self._wakes:
                self._changed.notify()
        return key

    def cancel(self, key: object) -> None:
        """Do not call the function any more, if it has not been called."""
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
    """A mixin for Django's DatabaseWrapper, for drivers whose connections have a fileno()."""

    Database: Any
    too_late: tuple[Any, ...] = ("There is no time left to connect.",)
    _deadline = math.inf  # in seconds of time.monotonic()
    _socket: Socket | None = None

    @contextmanager
    def time_limit(self, seconds: float) -> Iterator[None]:
        """Shut down the connection if the block takes longer than this, and open none after that.

        It bounds every database call in the block: statements, COMMIT and connecting; not other
        code. It applies to the connection of the thread that runs the block. Blocks may be nested:
        the earliest deadline counts. The calls raise the driver's error for a lost connection.
        """
        outer, self._deadline = self._deadline, min(self._deadline, time.monotonic() + seconds)
        key = watchdog.call(self._shut_down, self._deadline)
        try:
            yield
        finally:
            watchdog.cancel(key)
            self._deadline = outer

    @property
    def has_time_limit(self) -> bool:
        """Return whether a block with a time limit is running."""
        return self._deadline < math.inf

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()  # type: ignore[misc]
        default = {"connect_timeout": CONNECT_TIMEOUT}
        return params | default if self.has_time_limit else default | params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Raise the driver's OperationalError if less than CONNECT_TIMEOUT seconds are left."""
        if self._deadline - time.monotonic() < CONNECT_TIMEOUT:
            raise self.Database.OperationalError(*self.too_late)
        connection = super().get_new_connection(conn_params)  # type: ignore[misc]
        self._socket = Socket(connection.fileno())
        if time.monotonic() > self._deadline:  # the watchdog found no socket to shut down yet
            connection.close()
            raise self.Database.OperationalError(*self.too_late)
        return connection

    def is_connected(self, number: int) -> bool:
        """Whether the driver's descriptor has this number and is open, with no unread message.

        A server that stops, restarts or terminates a session closes its socket, which can be seen
        without a round trip. Django's own check, a statement before each request, takes as long as
        the request's query, and it would wait on a connection that is lost without a notice.
        """
        return self._socket is not None and self._socket.is_silent(number)

    def _close(self) -> None:
        super()._close()  # type: ignore[misc]
        self._socket = None

    def _shut_down(self) -> None:
        if own := self._socket:
            own.shut_down()


class Socket:
    """A duplicate descriptor of a connected socket, valid also after the driver closes its own."""

    def __init__(self, number: int) -> None:
        self._own = socket.socket(fileno=os.dup(number))
        weakref.finalize(self, self._own.close)

    def is_silent(self, number: int) -> bool:
        """Whether this number is a descriptor of the same socket, which has nothing to read.

        The driver closes a connection that failed, and knows the old number still; another socket
        may have got it since.
        """
        try:
            if os.fstat(number).st_ino != os.fstat(self._own.fileno()).st_ino:
                return False
        except OSError:
            return False
        poll = select.poll()
        poll.register(number, select.POLLIN)
        return not poll.poll(0)

    def shut_down(self) -> None:
        """Shut down the connection in both directions, so that a pending read returns."""
        with suppress(OSError):  # the connection has ended already
            self._own.shutdown(socket.SHUT_RDWR)
