"""Objects are serialized to JSON and deserialized."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.core import serializers

from tests.orm.library import book, names
from tests.orm.models import Book, Tag, Values

pytestmark = pytest.mark.django_db


def test_serialized_objects_are_deserialized_with_their_relations() -> None:
    dune = book(published=date(1965, 8, 1), price=Decimal("9.90"))
    dune.tags.add(*(Tag.objects.create(name=name) for name in ("new", "old")))

    written = serializers.serialize("json", [dune])
    dune.tags.clear()
    for each in serializers.deserialize("json", written):
        each.save()

    read = Book.objects.get()
    assert (read.pk, read.published, read.price) == (dune.pk, dune.published, dune.price)
    assert sorted(names(read.tags.all())) == ["new", "old"]


def test_serialized_objects_are_deserialized_with_values_of_every_field_type() -> None:
    values = {
        "amount": Decimal("1.0001"),
        "token": UUID("12345678-1234-5678-1234-567812345678"),
        "timestamp": datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC),
        "day": date(1815, 12, 23),
        "duration": timedelta(days=1, seconds=2),
        "content": b"\x00\xff",
        "ratio": 0.1,
        "integer": 2**62,
    }
    saved = Values.objects.create(**values)

    written = serializers.serialize("json", Values.objects.all())
    saved.delete()
    for each in serializers.deserialize("json", written):
        each.save()

    assert Values.objects.filter(**values, text=None).count() == 1
