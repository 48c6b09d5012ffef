"""Checks that a database has the collation that its engine was written for.

The engine names it in the attribute `collation` of its DatabaseWrapper.
"""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.db.backends.mysql import creation, validation


class DatabaseCreation(creation.DatabaseCreation):
    """Creates test databases with the engine's collation."""

    connection: Any

    def sql_table_creation_suffix(self) -> str:
        return f"CHARACTER SET utf8mb4 COLLATE {self.connection.collation}"


class DatabaseValidation(validation.DatabaseValidation):
    """Refuses a database with another collation, before anything is migrated."""

    connection: Any

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_collation()]

    def _check_collation(self) -> list[checks.CheckMessage]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT @@collation_database")
            (found,) = cursor.fetchone()
        name, wanted = self.connection.settings_dict["NAME"], self.connection.collation
        if found == wanted:
            return []
        return [
            checks.Error(
                f"The database {name!r} has the collation {found}, not {wanted}: "
                "texts would be compared by other rules.",
                hint=f"Before it has tables: ALTER DATABASE {name} COLLATE {wanted};",
                id=f"{self.connection.display_name.lower()}.E001",
            )
        ]
