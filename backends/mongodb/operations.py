"""Flushing a database that is nearly empty, what every test here ends with; and iexact."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django_mongodb_backend import operations


class DatabaseOperations(operations.DatabaseOperations):
    """As the backend's, which asks and empties every collection, also those that are empty.

    A test of Django's cannot be rolled back on this backend, so it ends with a flush.
    """

    def prep_for_iexact_query(self, x: Any) -> str:
        """The text as the regular expression that it becomes: Django's own is for LIKE.

        https://github.com/mongodb/django-mongodb-backend/blob/5.2.x/django_mongodb_backend/operations.py
        has one for `contains` and its kin only.
        """
        return re.escape(str(x))

    def execute_sql_flush(self, tables: Sequence[str]) -> None:
        for table in self._not_empty(tables):
            self.connection.database[table].delete_many({})

    def _not_empty(self, tables: Sequence[str]) -> list[str]:
        first, *others = tables
        unions = [{"$unionWith": {"coll": other, "pipeline": _name(other)}} for other in others]
        found = self.connection.database[first].aggregate([*_name(first), *unions])
        return [document["table"] for document in found]


def _name(table: str) -> list[dict[str, Any]]:
    """The stages that leave one document, with the collection's name, if there is any."""
    return [{"$limit": 1}, {"$project": {"_id": 0, "table": {"$literal": table}}}]
