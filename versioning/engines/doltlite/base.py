"""The engine of DoltLite, with version control."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.db.backends.sqlite3.base import SQLiteCursorWrapper

from backends.doltlite import base
from versioning.engines.versioned import Versioned


class Cursor(SQLiteCursorWrapper):
    """Fetches the rows of RETURNING at once: SQLite cannot commit before all were fetched.

    https://www.sqlite.org/lang_returning.html#processing_order
    """

    _returned: list[Any] | None = None

    def execute(self, query: str, params: Any = None) -> Any:
        result = super().execute(query, params)
        self._returned = super().fetchall() if "RETURNING" in query else None
        return result

    def fetchone(self) -> Any:
        if self._returned is None:
            return super().fetchone()
        return self._returned.pop(0) if self._returned else None

    def fetchall(self) -> list[Any]:
        if self._returned is None:
            return super().fetchall()
        found, self._returned = self._returned, []
        return found


class DatabaseWrapper(Versioned, base.DatabaseWrapper):
    verb = "SELECT"

    @staticmethod
    def branch_is_gone(error: BaseException) -> bool:
        return "no such branch or table" in str(error)

    @classmethod
    def error_kind(cls, error: BaseException) -> str | None:
        """Return the name of the error's kind; Dolt's functions wait for no other writer."""
        busy = isinstance(error, cls.Database.OperationalError) and "database is busy" in str(error)
        return "CONFLICT" if busy else base.DatabaseWrapper.error_kind(error)

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=Cursor)

    def reading(self) -> AbstractContextManager[Any]:
        return base.DatabaseWrapper.snapshot(self)

    def changes(self, table: str) -> str:
        return f"{self.ops.quote_name(f'dolt_diff_{table}')}(%s, %s)"

    def past(self, table: str) -> str:
        return f"{self.ops.quote_name(f'dolt_at_{table}')}(%s)"

    def literal(self, text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    def alone(self, branch: str = "") -> AbstractContextManager[Any]:
        return nullcontext()  # a transaction that writes has locked the database since it began

    @contextmanager
    def at_commit(self, commit: str, tables: list[str]) -> Iterator[None]:
        # A temporary view hides the table of the same name: https://www.sqlite.org/lang_naming.html
        with self.cursor() as cursor:
            try:
                for table in tables:
                    name, past = map(self.ops.quote_name, (table, f"dolt_at_{table}"))
                    # A view takes no parameters; the hash is one that Dolt has returned.
                    sql = f"SELECT * FROM {past}('{commit}')"  # noqa: S608
                    cursor.execute(f"CREATE TEMP VIEW {name} AS {sql}")
                yield
            finally:
                for table in tables:
                    cursor.execute(f"DROP VIEW IF EXISTS temp.{self.ops.quote_name(table)}")
