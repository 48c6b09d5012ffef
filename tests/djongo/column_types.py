"""A model with the column types that no table of the application has."""

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
    """Create the table, empty, and drop it after the test."""
    with connection.schema_editor() as editor:
        editor.create_model(ColumnTypes)
    yield ColumnTypes
    with connection.schema_editor() as editor:
        editor.delete_model(ColumnTypes)
