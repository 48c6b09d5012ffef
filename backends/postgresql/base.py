"""Django's PostgreSQL engine with time limits, and a health check without a round trip."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.backends.postgresql import base

from backends.postgresql.errors import broken_constraint, error_kind
from backends.postgresql.kept_cursor import KeptCursor
from backends.time_limit import TimeLimit

IN_ERROR = 3  # libpq's PQTRANS_INERROR


class Session(KeptCursor, TimeLimit):
    """The part of the engine that works with every server that speaks PostgreSQL's protocol.

    OPTIONS["limits"] are the server's settings for sessions opened under a time limit, that is, by
    requests: timeouts, and what the planner may choose. Migrations, imports and other commands
    have no limits.
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
        """Whether the connection's socket is open, with no unread message of the server."""
        if self.connection is None or self.connection.closed:
            return False
        return self.is_connected(self.connection.fileno())

    @property
    def transaction_aborted(self) -> bool:
        """Whether an error has ended the transaction: COMMIT would roll it back.

        https://www.postgresql.org/docs/18/sql-commit.html
        """
        connection = self.connection
        return connection is not None and connection.info.transaction_status == IN_ERROR

    def isolation(self: Any) -> str:
        """Return the isolation level of this session's transactions, as the server names it."""
        with transaction.atomic(using=self.alias), self.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            return str(cursor.fetchone()[0])

    @contextmanager
    def read_committed(self: Any) -> Iterator[None]:
        """Begin an outermost transaction at READ COMMITTED."""
        with transaction.atomic(using=self.alias, durable=True):
            with self.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            yield


class DatabaseWrapper(Session, base.DatabaseWrapper):
    """Django's engine for PostgreSQL, with Session."""

    def server_version(self) -> str:
        """Return the server's product and version, e.g. "PostgreSQL 18.6"."""
        with self.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version')")
            return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
