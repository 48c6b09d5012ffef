"""Saving, updating and deleting objects, and updates with expressions."""

from __future__ import annotations

import pytest
from django.db.models import Case, F, Value, When

from tests.orm.library import book, books
from tests.orm.models import Book, Tag

pytestmark = pytest.mark.django_db


def test_a_created_object_has_a_primary_key_and_is_found_by_it() -> None:
    created = Tag.objects.create(name="new", weight=7)

    found = Tag.objects.get(pk=created.pk)

    assert (found, found.name, found.weight) == (created, "new", 7)


def test_saving_an_existing_object_updates_its_row() -> None:
    tag = Tag.objects.create(name="old")

    tag.name = "new"
    tag.save()

    assert [*Tag.objects.values_list("pk", "name")] == [(tag.pk, "new")]


def test_delete_removes_the_object_and_returns_the_count() -> None:
    tag = Tag.objects.create(name="new")
    Tag.objects.create(name="other")

    assert tag.delete() == (1, {"orm.Tag": 1})

    assert [*Tag.objects.values_list("name", flat=True)] == ["other"]


def test_update_returns_the_number_of_rows() -> None:
    books("Dune", "Emma", "Ulysses")

    assert Book.objects.filter(name__in=["Dune", "Emma"]).update(pages=5) == 2

    assert Book.objects.filter(pages=5).count() == 2


def test_f_refers_to_the_current_value_in_the_database() -> None:
    stale = book(pages=100)
    Book.objects.update(pages=200)

    Book.objects.filter(pk=stale.pk).update(pages=F("pages") + 1)

    assert Book.objects.get().pages == 201


def test_an_update_computes_a_value_from_two_columns() -> None:
    book(pages=100, copies=3)

    Book.objects.update(pages=F("pages") * F("copies") - 1)

    assert Book.objects.get().pages == 299


def test_the_second_of_two_conditional_updates_changes_nothing() -> None:
    mine = Book.objects.filter(pk=book(copies=10).pk, copies=10)

    assert (mine.update(copies=9), mine.update(copies=9)) == (1, 0)

    assert Book.objects.get().copies == 9


def test_an_update_sets_a_case_expression() -> None:
    books("Dune", "Emma")

    Book.objects.update(pages=Case(When(name="Dune", then=Value(1)), default=F("pages") + 5))

    assert {each.name: each.pages for each in Book.objects.all()} == {"Dune": 1, "Emma": 105}
