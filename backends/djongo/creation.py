"""Creates the test database."""

from __future__ import annotations

from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.backends.utils import CursorWrapper


class DatabaseCreation(BaseDatabaseCreation):
    """Django's class: Djongo's only adds cloning databases with MongoDB's command-line tools."""

    def _execute_create_test_db(
        self, cursor: CursorWrapper, parameters: dict[str, str], keepdb: bool = False
    ) -> None:
        """Drop an old database; MongoDB creates the new one with its first document."""
        if not keepdb:
            cursor.execute(f"DROP DATABASE {parameters['dbname']}")
