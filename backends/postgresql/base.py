"""Django's PostgreSQL engine with time limits, and a health check without a round trip."""

from __future__ import annotations

import select
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.backends.postgresql import base

from backends.postgresql.errors import broken_constraint, error_kind
from backends.time_limit import TimeLimit

IN_ERROR = 3  # libpq's PQTRANS_INERROR


class Session(TimeLimit):
    """The part of the engine that works with every server that speaks PostgreSQL's protocol.

    OPTIONS["limits"] are settings (in milliseconds) of sessions that are opened under a time limit,
    that is, by requests. Migrations, imports and other commands have no limits.
    """

    connection: Any
    _kept: Any = None
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
        """Whether the connection's socket is open, with no unread message of the server.

        A server that stops, restarts or terminates a session closes its socket, which can be seen
        without a round trip. Django's own check, a `SELECT 1` before each request, takes as long as
        the request's query, and it would wait on a connection that is lost without a notice.
        """
        if self.connection is None or self.connection.closed:
            return False
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        return not socket.poll(0)

    def rows(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Execute a statement that is executed often; return all its rows.

        On one cursor that is kept with the connection: creating Django's takes longer than the
        server needs for a small query.
        """
        if self.queries_logged:  # by Django's cursor
            with self.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall()
        self.close_if_health_check_failed()
        if self.connection is None:
            self.ensure_connection()
        execute = self._execute_kept
        for wrapper in reversed(self.execute_wrappers):
            execute = partial(wrapper, execute)
        return execute(sql, parameters, False, {"connection": self, "cursor": None})

    def _execute_kept(self, sql: str, parameters: Sequence[Any], *_: Any) -> list[tuple[Any, ...]]:
        self.validate_no_broken_transaction()
        if self._kept is None or self._kept.connection is not self.connection:
            self._kept = self.create_cursor()
        with self.wrap_database_errors:
            self._kept.execute(sql, parameters)
            return self._kept.fetchall()

    @property
    def transaction_aborted(self) -> bool:
        """Whether an error has ended the transaction: COMMIT would roll it back.

        https://www.postgresql.org/docs/18/sql-commit.html
        """
        connection = self.connection
        return connection is not None and connection.info.transaction_status == IN_ERROR


class DatabaseWrapper(Session, base.DatabaseWrapper):
    """Django's engine for PostgreSQL, with Session."""

    def server_version(self) -> str:
        """Return the server's product and version, e.g. "PostgreSQL 18.6"."""
        with self.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version')")
            return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
