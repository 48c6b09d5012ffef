"""A table of the types of columns that none of bank's tables has."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

with isolate_apps("bank"):

    class ColumnTypes(models.Model):
        name = models.CharField(max_length=50, unique=True)
        active = models.BooleanField(default=True)
        serial = models.UUIDField(default=uuid.uuid4)
        made = models.DateField(null=True)
        blob = models.BinaryField(default=b"")
        big = models.PositiveBigIntegerField(default=0)

        class Meta:
            app_label = "bank"
            db_table = "column_types"

        def __str__(self) -> str:
            return self.name


@pytest.fixture
def column_types(transactional_db: None) -> Iterator[type[ColumnTypes]]:
    """The table, empty; it is dropped at the end."""
    with connection.schema_editor() as editor:
        editor.create_model(ColumnTypes)
    yield ColumnTypes
    with connection.schema_editor() as editor:
        editor.delete_model(ColumnTypes)
