"""Ordering, slices, distinct(), exists(), and values()."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import F

from tests.orm.library import book, books, names
from tests.orm.models import Author, Book, Tag

pytestmark = pytest.mark.django_db


def test_rows_are_ordered_by_two_columns() -> None:
    for name, weight in (("a", 2), ("b", 1), ("c", 2)):
        Tag.objects.create(name=name, weight=weight)

    assert names(Tag.objects.order_by("-weight", "name")) == ["a", "c", "b"]
    assert names(Tag.objects.order_by("-weight", "name").reverse()) == ["b", "c", "a"]


def test_rows_are_ordered_by_a_column_of_a_related_table() -> None:
    book("Emma", Author.objects.create(name="Austen"))
    book("Dune", Author.objects.create(name="Herbert"))
    book("Alps", Author.objects.create(name="Camus"))

    assert names(Book.objects.order_by("author__name")) == ["Emma", "Alps", "Dune"]


def test_nulls_last_orders_nulls_after_values() -> None:
    book("Dune", published=None)
    book("Emma", published=date(1815, 12, 23))

    for order in (F("published").asc(nulls_last=True), F("published").desc(nulls_last=True)):
        assert names(Book.objects.order_by(order)) == ["Emma", "Dune"]


def test_a_slice_applies_offset_and_limit() -> None:
    books(*"abcdef")

    assert names(Book.objects.order_by("name")[2:4]) == ["c", "d"]
    assert names(Book.objects.order_by("-name")[:2]) == ["f", "e"]


def test_the_count_of_a_slice_counts_only_its_rows() -> None:
    books(*"abcdef")

    assert (Book.objects.all()[:3].count(), Book.objects.all()[4:9].count()) == (3, 2)


def test_distinct_removes_duplicates_from_rows_and_count() -> None:
    books("Dune", "Emma", "Dune")

    different = Book.objects.values_list("name", flat=True).distinct()

    assert sorted(different) == ["Dune", "Emma"]
    assert different.count() == 2


def test_exists_returns_whether_a_row_matches() -> None:
    book("Dune")

    assert Book.objects.filter(name="Dune").exists()
    assert not Book.objects.filter(name="Emma").exists()


def test_values_returns_dictionaries_and_values_list_tuples() -> None:
    author = Author.objects.create(name="Austen")
    emma = book("Emma", author, pages=7)

    assert [*Book.objects.values("name", "author__name")] == [
        {"name": "Emma", "author__name": "Austen"}
    ]
    assert [*Book.objects.values_list("pk", "pages")] == [(emma.pk, 7)]
