"""A quick flush, and iexact for texts with special characters: the backend has neither."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django_mongodb_backend import operations

from backends.mongodb.flush import empty


class DatabaseOperations(operations.DatabaseOperations):
    """As the backend's, except where a method says otherwise."""

    def prep_for_iexact_query(self, x: Any) -> str:
        """The text as the regular expression that it becomes: Django's own is for LIKE.

        https://github.com/mongodb/django-mongodb-backend/blob/5.2.x/django_mongodb_backend/operations.py
        has one for `contains` and its kin only.
        """
        return re.escape(str(x))

    def execute_sql_flush(self, tables: Sequence[str]) -> None:
        """Delete the documents of all tables; the backend asks and empties the empty ones too."""
        empty(self.connection.database, tables)
