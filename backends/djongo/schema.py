"""The schema editor: tables, columns and indexes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Field, Model
from djongo import schema


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    def _unique_sql(
        self,
        model: type[Model],
        fields: Iterable[Field],
        name: str,
        *rest: object,
        **options: object,
    ) -> None:
        """Create an index later for a unique constraint in CREATE TABLE, which Djongo ignores.

        https://github.com/doableware/djongo/issues/246
        """
        unique = self._create_unique_sql(model, fields, name, *rest, **options)
        if unique:
            self.deferred_sql.append(unique)
