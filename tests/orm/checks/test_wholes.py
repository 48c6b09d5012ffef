"""What is done together, what is kept in two tables, and what is written out and read in again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.core import serializers
from django.db import transaction

from tests.orm.library import book, named
from tests.orm.models import Book, Place, Restaurant, Tag, Values

pytestmark = pytest.mark.django_db


class Failed(Exception):
    """What ends a block here."""


def test_of_a_block_that_failed_nothing_is_left() -> None:
    with pytest.raises(Failed), transaction.atomic():
        Tag.objects.create(name="new")
        raise Failed

    assert Tag.objects.count() == 0


def test_of_a_block_within_another_only_its_own_is_undone() -> None:
    with transaction.atomic():
        Tag.objects.create(name="outer")
        with pytest.raises(Failed), transaction.atomic():
            Tag.objects.create(name="inner")
            raise Failed

    assert named(Tag.objects.all()) == ["outer"]


def test_what_inherits_is_found_by_what_it_inherits_and_as_it() -> None:
    made = Restaurant.objects.create(name="Noma", stars=3)

    assert Restaurant.objects.get(name="Noma", stars=3) == made
    assert Place.objects.get(name="Noma").restaurant == made


def test_what_inherits_is_updated_and_deleted_with_what_it_inherits() -> None:
    restaurant = Restaurant.objects.create(name="Noma", stars=3)

    Restaurant.objects.update(name="Closed", stars=0)

    assert named(Place.objects.all()) == ["Closed"]
    restaurant.delete()
    assert (Restaurant.objects.count(), Place.objects.count()) == (0, 0)


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
