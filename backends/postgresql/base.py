"""Django's PostgreSQL engine, with a health check that asks the socket instead of the server."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the server has neither ended this connection nor said anything unasked.

        A server that stops, restarts or terminates a session closes its socket, and that can be
        seen from here. Django's own check, a `SELECT 1` before each request, costs as much as the
        request's query, and on a wire that was cut silently it would only wait.
        """
        if self.connection is None or self.connection.closed:
            return False
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        return not socket.poll(0)
