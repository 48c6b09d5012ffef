"""The database of the tests."""

from __future__ import annotations

from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.backends.utils import CursorWrapper


class DatabaseCreation(BaseDatabaseCreation):
    """Django's, not Djongo's, whose only addition clones databases with programs of MongoDB's."""

    def _execute_create_test_db(
        self, cursor: CursorWrapper, parameters: dict[str, str], keepdb: bool = False
    ) -> None:
        """MongoDB creates a database with its first document; what an old one has is dropped."""
        if not keepdb:
            cursor.execute(f"DROP DATABASE {parameters['dbname']}")
