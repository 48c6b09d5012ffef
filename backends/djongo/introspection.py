"""What is in the database."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.introspection import FieldInfo
from djongo import introspection


class DatabaseIntrospection(introspection.DatabaseIntrospection):
    def get_table_description(self, cursor: Any, table_name: str) -> list[FieldInfo]:
        """The columns as Djongo remembers them; Django 5.2 wants one thing more of each.

        Djongo knows the name and the type only.
        """
        table = cursor.db_conn["__schema__"].find_one({"name": table_name})
        unknown: list[Any] = [None] * (len(FieldInfo._fields) - 2)
        return [
            FieldInfo(name, column["type_code"], *unknown)
            for name, column in table["fields"].items()
        ]
