"""A faster flush than the backend's, and iexact for texts with special characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django_mongodb_backend import operations

from backends.mongodb.flush import empty


class DatabaseOperations(operations.DatabaseOperations):
    """The backend's operations, with these corrections."""

    def prep_for_iexact_query(self, x: Any) -> str:
        """Return the text escaped for a regular expression; Django's method escapes it for LIKE.

        The backend overrides only the method for `contains`, `startswith` and `endswith`:
        https://github.com/mongodb/django-mongodb-backend/blob/5.2.x/django_mongodb_backend/operations.py
        """
        return re.escape(str(x))

    def execute_sql_flush(self, tables: Sequence[str]) -> None:
        """Delete the documents of all tables; the backend also visits the empty ones."""
        empty(self.connection.database, tables)
