"""What bank asks of a database engine beyond Django's own interface, and what holds without it.

Each is an attribute of the engine's DatabaseWrapper, and each is optional: bank imports no engine,
and runs on one that knows nothing of bank.
"""

from __future__ import annotations

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
        """The product that answers and its version, e.g. "Dolt 1.83.2"; asks the server.

        Without it: the engine's name and Django's get_database_version().
        """
        return str(self._own("server_version", self._django_version)())

    def error_kind(self, error: BaseException) -> str | None:
        """The name of the bank.transactions.error_kinds.ErrorKind that a driver's error is of.

        Called with each error of a chain of causes, Django's own included. Without it, and for
        what the engine does not know: None.
        """
        kind: str | None = self._own("error_kind", lambda error: None)(error)
        return kind

    def broken_constraint(self, error: BaseException) -> str:
        """The name of the constraint that this error is about, one error of a chain of causes.

        Without it, and where the driver does not tell: "".
        """
        return str(self._own("broken_constraint", lambda error: "")(error))

    @property
    def transaction_aborted(self) -> bool:
        """Whether the running transaction can no more be committed as a whole.

        COMMIT would be answered with a silent ROLLBACK, or commit only a part. Without it: False,
        because Django knows of the errors inside of its own blocks (needs_rollback).
        """
        return bool(self._own("transaction_aborted", False))

    def outermost_atomic(self) -> AbstractContextManager[Any]:
        """A transaction that is inside of no other.

        Without it: Django's atomic(durable=True).
        """
        own = self._own("outermost_atomic", None)
        return own() if own else transaction.atomic(using=self.using, durable=True)

    def snapshot(self) -> AbstractContextManager[Any]:
        """A transaction that reads everything as it was at one datetime, and lets others write.

        Without it: outermost_atomic().
        """
        return self._own("snapshot", self.outermost_atomic)()

    def time_limit(self, seconds: float) -> AbstractContextManager[Any]:
        """Ends every statement, COMMIT and attempt to connect so many seconds from now.

        It holds for the block and this thread, also where the server does not react. Without it:
        no limit.
        """
        return self._own("time_limit", lambda seconds: nullcontext())(seconds)

    def compiled_query(self, default: type) -> type:
        """The class for bank/compiled.py; without it the default, which is for SQL."""
        own: type = self._own("compiled_query", default)
        return own

    def _django_version(self) -> str:
        numbers = self.connection.get_database_version()
        return f"{self.connection.display_name} {'.'.join(map(str, numbers))}"
