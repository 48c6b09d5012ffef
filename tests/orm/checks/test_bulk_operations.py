"""Bulk operations, and get_or_create() and update_or_create()."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.orm.library import book
from tests.orm.models import Book, Tag

pytestmark = pytest.mark.django_db


def tags(*names: str, weight: int = 0) -> list[Tag]:
    return [Tag(name=name, weight=weight) for name in names]


def weights() -> dict[str, int]:
    return dict(Tag.objects.values_list("name", "weight"))


@pytest.mark.feature("values", "bulk_create() sets generated keys")
def test_bulk_create_sets_primary_keys() -> None:
    created = Tag.objects.bulk_create(tags("a", "b", "c"))

    keys = dict(Tag.objects.values_list("name", "pk"))
    assert {each.name: each.pk for each in created} == keys


def test_bulk_update_gives_each_object_its_own_value() -> None:
    Tag.objects.bulk_create(tags("a", "b", "c"))
    stored = [*Tag.objects.order_by("name")]
    stored[0].weight, stored[1].weight = 1, 2

    assert Tag.objects.bulk_update(stored, ["weight"]) == 3

    assert weights() == {"a": 1, "b": 2, "c": 0}


@pytest.mark.feature("queries", "INSERT that ignores conflicts")
def test_bulk_create_ignores_conflicts() -> None:
    Tag.objects.bulk_create(tags("a", weight=1))

    Tag.objects.bulk_create(tags("a", "b", weight=2), ignore_conflicts=True)

    assert weights() == {"a": 1, "b": 2}


@pytest.mark.feature("queries", "upsert (INSERT … ON CONFLICT UPDATE)")
def test_bulk_create_updates_on_conflict() -> None:
    Tag.objects.bulk_create(tags("a", weight=1))

    # MySQL uses any unique index, other databases only the one that is named:
    # https://docs.djangoproject.com/en/5.2/ref/models/querysets/#bulk-create
    unique_fields = ["name"] if connection.features.supports_update_conflicts_with_target else None
    Tag.objects.bulk_create(
        tags("a", "b", weight=2),
        update_conflicts=True,
        update_fields=["weight"],
        unique_fields=unique_fields,
    )

    assert weights() == {"a": 2, "b": 2}


def test_get_or_create_creates_once() -> None:
    first, created = Tag.objects.get_or_create(name="a", defaults={"weight": 1})
    second, again = Tag.objects.get_or_create(name="a", defaults={"weight": 2})

    assert (created, again, first == second) == (True, False, True)
    assert weights() == {"a": 1}


def test_update_or_create_stores_the_last_values() -> None:
    for weight in (1, 2):
        Tag.objects.update_or_create(name="a", defaults={"weight": weight})

    assert weights() == {"a": 2}


def test_a_queryset_deletes_only_matching_rows() -> None:
    for pages in (1, 2, 3):
        book(pages=pages)

    Book.objects.filter(pages__gt=1).delete()

    assert [each.pages for each in Book.objects.all()] == [1]
