"""Unique indexes that queries can use as well."""

from __future__ import annotations

from typing import Any

from django.db import models
from django_mongodb_backend import schema


class WholeIndex(models.Index):
    """An index of every document there is."""

    def get_pymongo_index_model(self, *args: Any, **options: Any) -> Any:
        """As the backend makes it, without the filter that leaves out nulls."""
        model = super().get_pymongo_index_model(*args, **options)  # type: ignore[misc]
        model.document.pop("partialFilterExpression", None)
        return model


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Where no field of a unique constraint can be null, its index is no partial one.

    The backend makes them all partial, so that several nulls may be in them, as in SQL. A query
    uses a partial index only if it repeats the filter, and no query of the backend does: each
    look for the lines of an order, or for a stored answer, would read the whole collection.
    https://www.mongodb.com/docs/manual/core/index-partial/
    """

    def add_index(
        self, model: Any, index: Any, *, field: Any = None, unique: bool = False, **options: Any
    ) -> None:
        fields = [field] if field else map(model._meta.get_field, index.fields)
        if unique and not index.condition and not any(each.null for each in fields):
            index = WholeIndex(fields=index.fields, name=index.name)
        super().add_index(model, index, field=field, unique=unique, **options)
