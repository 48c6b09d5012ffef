"""A cursor with the errors of a database driver, at execution and while rows are fetched."""

from __future__ import annotations

from collections.abc import Sequence

from djongo import cursor

from backends.djongo.driver.errors import driver_errors
from backends.djongo.parser_patches import Query

Row = tuple[object, ...]


class Cursor(cursor.Cursor):
    def execute(self, sql: str, params: Sequence[object] | None = None) -> None:
        self._sql = sql
        with driver_errors(sql):
            self.result = Query(
                self.client_conn, self.db_conn, self.connection_properties, sql, params
            )

    def fetchone(self) -> Row | None:
        return next(iter(self.fetchmany()), None)

    def fetchmany(self, size: int = 1) -> list[Row]:
        with driver_errors(self._sql):
            return [row for _, row in zip(range(size), self.result, strict=False)]

    def fetchall(self) -> list[Row]:
        with driver_errors(self._sql):
            return list(self.result)
