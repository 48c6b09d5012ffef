"""In which order, how many, and in which form."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import F

from tests.orm.library import book, books, named
from tests.orm.models import Author, Book, Tag

pytestmark = pytest.mark.django_db


def test_rows_are_ordered_by_one_column_and_then_by_another() -> None:
    for name, weight in (("a", 2), ("b", 1), ("c", 2)):
        Tag.objects.create(name=name, weight=weight)

    assert named(Tag.objects.order_by("-weight", "name")) == ["a", "c", "b"]
    assert named(Tag.objects.order_by("-weight", "name").reverse()) == ["b", "c", "a"]


def test_rows_are_ordered_across_a_relation() -> None:
    book("Emma", Author.objects.create(name="Austen"))
    book("Dune", Author.objects.create(name="Herbert"))
    book("Alps", Author.objects.create(name="Camus"))

    assert named(Book.objects.order_by("author__name")) == ["Emma", "Alps", "Dune"]


def test_nulls_come_last_if_they_are_asked_to() -> None:
    book("Dune", published=None)
    book("Emma", published=date(1815, 12, 23))

    for order in (F("published").asc(nulls_last=True), F("published").desc(nulls_last=True)):
        assert named(Book.objects.order_by(order)) == ["Emma", "Dune"]


def test_a_slice_begins_and_ends_where_it_says() -> None:
    books(*"abcdef")

    assert named(Book.objects.order_by("name")[2:4]) == ["c", "d"]
    assert named(Book.objects.order_by("-name")[:2]) == ["f", "e"]


def test_of_a_slice_only_what_is_in_it_is_counted() -> None:
    books(*"abcdef")

    assert (Book.objects.all()[:3].count(), Book.objects.all()[4:9].count()) == (3, 2)


def test_distinct_rows_come_once_and_are_counted_once() -> None:
    books("Dune", "Emma", "Dune")

    different = Book.objects.values_list("name", flat=True).distinct()

    assert sorted(different) == ["Dune", "Emma"]
    assert different.count() == 2


def test_exists_says_whether_there_is_one() -> None:
    book("Dune")

    assert Book.objects.filter(name="Dune").exists()
    assert not Book.objects.filter(name="Emma").exists()


def test_values_are_rows_without_objects() -> None:
    author = Author.objects.create(name="Austen")
    emma = book("Emma", author, pages=7)

    assert [*Book.objects.values("name", "author__name")] == [
        {"name": "Emma", "author__name": "Austen"}
    ]
    assert [*Book.objects.values_list("pk", "pages")] == [(emma.pk, 7)]
