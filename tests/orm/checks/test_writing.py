"""One object at a time, and updates that the database computes."""

from __future__ import annotations

import pytest
from django.db.models import Case, F, Value, When

from tests.orm.library import book, books
from tests.orm.models import Book, Tag

pytestmark = pytest.mark.django_db


def test_what_is_created_has_a_key_and_is_found_by_it() -> None:
    made = Tag.objects.create(name="new", weight=7)

    found = Tag.objects.get(pk=made.pk)

    assert (found, found.name, found.weight) == (made, "new", 7)


def test_saving_again_updates_and_does_not_insert() -> None:
    tag = Tag.objects.create(name="old")

    tag.name = "new"
    tag.save()

    assert [*Tag.objects.values_list("pk", "name")] == [(tag.pk, "new")]


def test_deleting_removes_it_and_counts_it() -> None:
    tag = Tag.objects.create(name="new")
    Tag.objects.create(name="other")

    assert tag.delete() == (1, {"orm.Tag": 1})

    assert [*Tag.objects.values_list("name", flat=True)] == ["other"]


def test_an_update_of_many_says_how_many() -> None:
    books("Dune", "Emma", "Ulysses")

    assert Book.objects.filter(name__in=["Dune", "Emma"]).update(pages=5) == 2

    assert Book.objects.filter(pages=5).count() == 2


def test_f_adds_to_what_is_there_now() -> None:
    stale = book(pages=100)
    Book.objects.update(pages=200)

    Book.objects.filter(pk=stale.pk).update(pages=F("pages") + 1)

    assert Book.objects.get().pages == 201


def test_an_update_computes_with_two_columns() -> None:
    book(pages=100, copies=3)

    Book.objects.update(pages=F("pages") * F("copies") - 1)

    assert Book.objects.get().pages == 299


def test_of_two_conditional_updates_the_second_finds_nothing() -> None:
    mine = Book.objects.filter(pk=book(copies=10).pk, copies=10)

    assert (mine.update(copies=9), mine.update(copies=9)) == (1, 0)

    assert Book.objects.get().copies == 9


def test_an_update_decides_by_case() -> None:
    books("Dune", "Emma")

    Book.objects.update(pages=Case(When(name="Dune", then=Value(1)), default=F("pages") + 5))

    assert {each.name: each.pages for each in Book.objects.all()} == {"Dune": 1, "Emma": 105}
