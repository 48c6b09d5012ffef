"""The engine of PostgreSQL for a role that only changes rows, and that says whom it serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.backends.postgresql import creation, operations

from backends.postgresql import base
from backends.postgresql.roles import APPLICATION, set_password


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(
        self,
        style: Any,
        tables: Sequence[str],
        *,
        reset_sequences: bool = False,
        allow_cascade: bool = False,
    ) -> list[str]:
        """Delete the rows: TRUNCATE and sequences are the owner's. Foreign keys are deferred."""
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]  # noqa: S608


class DatabaseCreation(creation.DatabaseCreation):
    """Creates the test database as its owner; the tests then log in as the application.

    TEST["PASSWORD"] is then its password, if the server asks for one.
    """

    def create_test_db(self, *args: Any, **options: Any) -> str:
        name: str = super().create_test_db(*args, **options)
        own = self.connection.settings_dict
        self.owner = own["USER"], own["PASSWORD"]
        self.application = APPLICATION, own["TEST"].get("PASSWORD", "")
        if self.application[1]:
            self.connection.close()  # migrate has changed its role
            with self.connection.cursor() as cursor:
                set_password(cursor, self.application[1])
        self._become(*self.application)
        return name

    def destroy_test_db(self, *args: Any, **options: Any) -> None:
        self._become(*self.owner)
        super().destroy_test_db(*args, **options)

    @contextmanager
    def as_owner(self) -> Iterator[None]:
        """Execute the block as the owner, in another session."""
        self._become(*self.owner)
        try:
            yield
        finally:
            self._become(*self.application)

    def _become(self, role: str, password: str) -> None:
        """Connect as this role from now on."""
        self.connection.close()
        self.connection.settings_dict |= {"USER": role, "PASSWORD": password}


class DatabaseWrapper(base.DatabaseWrapper):
    """The engine of PostgreSQL; the setting bank.person of its sessions has the `person()` served.

    The audit writes it down. It is sent before a transaction: when it has changed, and after each
    serve(), in case that SQL of an earlier request has changed the setting of this session.
    """

    creation_class = DatabaseCreation
    ops_class = DatabaseOperations
    _sent: str | None = ""  # None: unknown

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person: Callable[[], str] = str  # nobody

    def serve(self, person: Callable[[], str], *, changes: bool = False) -> None:
        """Serve this person from now on, who will make changes, or only read."""
        self.person = person
        if changes:
            self._sent = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._sent = ""
        return super().get_new_connection(conn_params)

    def get_autocommit(self) -> bool:
        # Django also asks when it looks for lost connections, and expects no error there.
        super().ensure_connection()
        return self.autocommit

    def ensure_connection(self) -> None:
        super().ensure_connection()
        # Not inside a transaction: a ROLLBACK would take it back. While Django sets up a connection
        # the driver's autocommit is not on yet.
        if self.connection.autocommit and self.person() != self._sent:
            person = self.person()
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute("SELECT set_config('bank.person', %s, false)", [person])
            self._sent = person
