"""A cursor that is kept for the statements that requests execute again and again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from backends.postgresql.errors import is_outdated_plan


class KeptCursor:
    """A mixin for Django's DatabaseWrapper."""

    _kept: Any = None

    def rows(self: Any, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
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

    def _execute_kept(
        self: Any, sql: str, parameters: Sequence[Any], *_: Any
    ) -> list[tuple[Any, ...]]:
        self.validate_no_broken_transaction()
        if self._kept is None or self._kept.connection is not self.connection:
            self._kept = self.create_cursor()
        with self.wrap_database_errors:
            try:
                self._kept.execute(sql, parameters)
            except self.Database.Error as error:
                # Inside a transaction the error is raised, and the whole transaction is retried.
                if self.in_atomic_block or not is_outdated_plan(error):
                    raise
                self.close()
                self.connect()
                self._kept = self.create_cursor()
                self._kept.execute(sql, parameters)
            return self._kept.fetchall()
