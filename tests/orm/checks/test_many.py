"""Many rows in few statements."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.orm.library import book
from tests.orm.models import Book, Tag

pytestmark = pytest.mark.django_db


def made(*names: str, weight: int = 0) -> list[Tag]:
    return [Tag(name=name, weight=weight) for name in names]


def weights() -> dict[str, int]:
    return dict(Tag.objects.values_list("name", "weight"))


def test_what_is_created_together_is_there_with_its_keys() -> None:
    created = Tag.objects.bulk_create(made("a", "b", "c"))

    keys = dict(Tag.objects.values_list("name", "pk"))
    assert {each.name: each.pk for each in created} == keys


def test_each_is_updated_to_its_own_value() -> None:
    Tag.objects.bulk_create(made("a", "b", "c"))
    tags = [*Tag.objects.order_by("name")]
    tags[0].weight, tags[1].weight = 1, 2

    assert Tag.objects.bulk_update(tags, ["weight"]) == 3

    assert weights() == {"a": 1, "b": 2, "c": 0}


def test_what_is_there_already_is_left_alone_if_conflicts_are_ignored() -> None:
    Tag.objects.bulk_create(made("a", weight=1))

    Tag.objects.bulk_create(made("a", "b", weight=2), ignore_conflicts=True)

    assert weights() == {"a": 1, "b": 2}


def test_what_is_there_already_is_updated_if_conflicts_are() -> None:
    Tag.objects.bulk_create(made("a", weight=1))

    # MySQL takes any unique index, the others the one they are told:
    # https://docs.djangoproject.com/en/5.2/ref/models/querysets/#bulk-create
    by = ["name"] if connection.features.supports_update_conflicts_with_target else None
    Tag.objects.bulk_create(
        made("a", "b", weight=2), update_conflicts=True, update_fields=["weight"], unique_fields=by
    )

    assert weights() == {"a": 2, "b": 2}


def test_what_is_got_or_created_is_created_once() -> None:
    first, created = Tag.objects.get_or_create(name="a", defaults={"weight": 1})
    second, again = Tag.objects.get_or_create(name="a", defaults={"weight": 2})

    assert (created, again, first == second) == (True, False, True)
    assert weights() == {"a": 1}


def test_what_is_updated_or_created_has_the_last_values() -> None:
    for weight in (1, 2):
        Tag.objects.update_or_create(name="a", defaults={"weight": weight})

    assert weights() == {"a": 2}


def test_what_a_condition_finds_is_deleted_together() -> None:
    for pages in (1, 2, 3):
        book(pages=pages)

    Book.objects.filter(pages__gt=1).delete()

    assert [each.pages for each in Book.objects.all()] == [1]
