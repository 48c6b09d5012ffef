"""The interface of a database engine, beyond Django's own, that bank uses.

Each member is an attribute of the engine's DatabaseWrapper and optional; its docstring says what
applies where an engine does not define it. bank imports no engine, and runs on engines that know
nothing of bank.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction


class Engine:
    """The engine of one database of settings.DATABASES."""

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self.using = using
        self.connection: Any = connections[using]

    def _own(self, name: str, default: Any) -> Any:
        return getattr(self.connection, name, default)

    def server_version(self) -> str:
        """Ask the server for its product and version, e.g. "Dolt 1.83.2".

        Without it: the engine's name and Django's get_database_version().
        """
        return str(self._own("server_version", self._django_version)())

    def error_kind(self, error: BaseException) -> str | None:
        """Return the name of the ErrorKind (bank/transactions/error_kinds.py) of a driver's error.

        Called with each error of a chain of causes, Django's own errors included. Without it, and
        for an error that the engine does not know: None.
        """
        kind: str | None = self._own("error_kind", lambda error: None)(error)
        return kind

    def broken_constraint(self, error: BaseException) -> str:
        """Return the name of the constraint that this error of a chain of causes reports.

        Without it, and where the driver does not name the constraint: "".
        """
        return str(self._own("broken_constraint", lambda error: "")(error))

    @property
    def transaction_aborted(self) -> bool:
        """Whether the running transaction can no longer be committed completely.

        COMMIT would silently roll back, or commit only some of the writes. Without it: False,
        because Django knows about errors inside its own atomic blocks (needs_rollback).
        """
        return bool(self._own("transaction_aborted", False))

    @property
    def side_branch(self) -> str:
        """The branch of the data that the connection uses. Without it, and on the main one: ""."""
        return str(self._own("side_branch", ""))

    def outermost_atomic(self) -> AbstractContextManager[Any]:
        """Return a context manager for an outermost transaction, one inside no other.

        Without it: Django's atomic(durable=True).
        """
        own = self._own("outermost_atomic", None)
        return own() if own else transaction.atomic(using=self.using, durable=True)

    def snapshot(self) -> AbstractContextManager[Any]:
        """Return a context manager for a transaction that reads one snapshot of the database.

        Others may write in the meantime; it does not see that. Without it: outermost_atomic().
        """
        return self._own("snapshot", self.outermost_atomic)()

    def same_as(self, other: Any) -> None:
        """Continue the work of another thread's connection: on its branch, in its user's name.

        Without it: nothing.
        """
        self._own("same_as", lambda other: None)(other)

    def isolation(self) -> str:
        """Return the isolation level of its transactions, in words. Without it: ""."""
        return str(self._own("isolation", str)())

    @property
    def has_read_committed(self) -> bool:
        """Whether read_committed() is possible."""
        return self._own("read_committed", None) is not None

    def read_committed(self) -> AbstractContextManager[Any]:
        """Return a context manager for an outermost transaction at READ COMMITTED.

        The application has none; a page shows what would go wrong. Without it: an AttributeError.
        """
        begin: AbstractContextManager[Any] = self.connection.read_committed()
        return begin

    def time_limit(self, seconds: float) -> AbstractContextManager[Any]:
        """Return a context manager that ends the database calls of its block after `seconds`.

        From then on every statement, COMMIT and attempt to connect of this thread fails with the
        driver's error, even if the server does not respond. Without it: no limit.
        """
        return self._own("time_limit", lambda seconds: nullcontext())(seconds)

    def rows(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Execute a statement that is executed often; return all its rows.

        Like a cursor of Django: wrappers see it, and its errors are Django's. Without it: on such a
        cursor.
        """
        if own := self._own("rows", None):
            found: list[tuple[Any, ...]] = own(sql, parameters)
            return found
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def compiled_query(self, default: type) -> type:
        """Return the class of compiled queries (bank/compiled.py).

        Without it: the default, which is for SQL.
        """
        own: type = self._own("compiled_query", default)
        return own

    @property
    def compiles_writes(self) -> bool:
        """Whether bank/writes.py compiles INSERT and UPDATE once, to SQL. Without it: True.

        False for databases without SQL, and if generated keys come neither from RETURNING nor, for
        a single row, from last_insert_id(). Then bulk_create() and bulk_update() are called.
        """
        return bool(self._own("compiles_writes", True))

    def _django_version(self) -> str:
        numbers = self.connection.get_database_version()
        return f"{self.connection.display_name} {'.'.join(map(str, numbers))}"
