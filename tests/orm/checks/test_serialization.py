"""Rows are written as JSON, and read in again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.core import serializers

from tests.orm.library import book, named
from tests.orm.models import Book, Tag, Values

pytestmark = pytest.mark.django_db


def test_what_is_written_out_is_read_in_with_its_relations() -> None:
    dune = book(published=date(1965, 8, 1), price=Decimal("9.90"))
    dune.tags.add(*(Tag.objects.create(name=name) for name in ("new", "old")))

    written = serializers.serialize("json", [dune])
    dune.tags.clear()
    for each in serializers.deserialize("json", written):
        each.save()

    read = Book.objects.get()
    assert (read.pk, read.published, read.price) == (dune.pk, dune.published, dune.price)
    assert sorted(named(read.tags.all())) == ["new", "old"]


def test_what_is_written_out_is_read_in_with_values_of_each_kind() -> None:
    values = {
        "amount": Decimal("1.0001"),
        "token": UUID("12345678-1234-5678-1234-567812345678"),
        "moment": datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC),
        "day": date(1815, 12, 23),
        "duration": timedelta(days=1, seconds=2),
        "content": b"\x00\xff",
        "ratio": 0.1,
        "whole": 2**62,
    }
    saved = Values.objects.create(**values)

    written = serializers.serialize("json", Values.objects.all())
    saved.delete()
    for each in serializers.deserialize("json", written):
        each.save()

    assert Values.objects.filter(**values, text=None).count() == 1
