"""Unique indexes that queries can use."""

from __future__ import annotations

from typing import Any

from django.db import models
from django_mongodb_backend import schema


class FullIndex(models.Index):
    """An index that is not partial: it has an entry for every document."""

    def get_pymongo_index_model(self, *args: Any, **options: Any) -> Any:
        """Return the backend's index without its filter, which excludes nulls."""
        model = super().get_pymongo_index_model(*args, **options)  # type: ignore[misc]
        model.document.pop("partialFilterExpression", None)
        return model


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Creates a full index for a unique constraint if none of its fields can be null.

    The backend creates partial indexes, so that several documents may have nulls, as in SQL. A
    query uses a partial index only if it repeats the index's filter, which no query of the backend
    does: looking up the lines of an order, or a stored answer, would read the whole collection.
    https://www.mongodb.com/docs/manual/core/index-partial/
    """

    def add_index(
        self, model: Any, index: Any, *, field: Any = None, unique: bool = False, **options: Any
    ) -> None:
        fields = [field] if field else map(model._meta.get_field, index.fields)
        if unique and not index.condition and not any(each.null for each in fields):
            index = FullIndex(fields=index.fields, name=index.name)
        super().add_index(model, index, field=field, unique=unique, **options)
