"""A table of every type of column that the bank has none of."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

with isolate_apps("bank"):

    class Thing(models.Model):
        name = models.CharField(max_length=50, unique=True)
        active = models.BooleanField(default=True)
        serial = models.UUIDField(default=uuid.uuid4)
        made = models.DateField(null=True)
        blob = models.BinaryField(default=b"")
        big = models.PositiveBigIntegerField(default=0)

        class Meta:
            app_label = "bank"
            db_table = "things"

        def __str__(self) -> str:
            return self.name


@pytest.fixture
def things(transactional_db: None) -> Iterator[type[Thing]]:
    """The table, empty; it is dropped at the end."""
    with connection.schema_editor() as editor:
        editor.create_model(Thing)
    yield Thing
    with connection.schema_editor() as editor:
        editor.delete_model(Thing)
