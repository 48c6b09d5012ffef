"""Django's PostgreSQL engine with time limits, and a health check that asks the socket only."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base

from backends.postgresql.errors import broken_constraint, error_kind
from backends.time_limit import TimeLimit

IN_ERROR = 3  # libpq's PQTRANS_INERROR


class Session(TimeLimit):
    """What is the same for all servers that speak PostgreSQL's protocol.

    OPTIONS["limits"] are session settings for connections made under a time limit, that is, by
    requests. Migrations, imports and other commands take as long as they take.
    """

    connection: Any
    error_kind = staticmethod(error_kind)
    broken_constraint = staticmethod(broken_constraint)

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        limits = params.pop("limits", {})
        options = [params.get("options", "")]
        if self.has_time_limit:
            options += [f"-c {name}={value}" for name, value in limits.items()]
        return params | {"options": " ".join(options)}

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

    @property
    def transaction_aborted(self) -> bool:
        """Whether an error has ended the transaction: COMMIT would be answered with ROLLBACK.

        https://www.postgresql.org/docs/18/sql-commit.html
        """
        connection = self.connection
        return connection is not None and connection.info.transaction_status == IN_ERROR


class DatabaseWrapper(Session, base.DatabaseWrapper):
    """Django's, with the above."""

    def server_version(self) -> str:
        """What answers, e.g. "PostgreSQL 18.6"."""
        with self.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version')")
            return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
