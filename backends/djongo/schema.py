"""Tables, columns and indexes."""

from __future__ import annotations

from typing import Any

from djongo import schema


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    def _unique_sql(self, model: Any, fields: Any, name: str, *rest: Any, **options: Any) -> None:
        """A unique constraint in CREATE TABLE, which Djongo only passes over: an index, later.

        https://github.com/doableware/djongo/issues/246
        """
        unique = self._create_unique_sql(model, fields, name, *rest, **options)
        if unique:
            self.deferred_sql.append(unique)
