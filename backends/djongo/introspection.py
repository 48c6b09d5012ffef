"""Introspection: the tables and columns of the database."""

from __future__ import annotations

from django.db.backends.base.introspection import FieldInfo
from django.db.backends.utils import CursorWrapper
from djongo import introspection

from backends.djongo.driver.connection import SCHEMA


class DatabaseIntrospection(introspection.DatabaseIntrospection):
    def get_table_description(self, cursor: CursorWrapper, table_name: str) -> list[FieldInfo]:
        """Return the columns from Djongo's __schema__; Django 5.2 has one more attribute.

        Djongo knows the name and the type only.
        """
        table = cursor.db_conn[SCHEMA].find_one({"name": table_name})
        unknown = [None] * (len(FieldInfo._fields) - 2)
        return [
            FieldInfo._make([name, column["type_code"], *unknown])
            for name, column in table["fields"].items()
        ]
