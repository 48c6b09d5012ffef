"""Lookups: which rows a filter returns."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Q

from tests.orm.library import book, books, names
from tests.orm.models import Book, Tag

pytestmark = pytest.mark.django_db


def test_like_wildcards_in_a_search_text_are_escaped() -> None:
    books("100% wool", "100 x wool", "a_b", "axb")

    assert names(Book.objects.filter(name__contains="0% w")) == ["100% wool"]
    assert names(Book.objects.filter(name__contains="_")) == ["a_b"]


def test_regex_characters_in_a_search_text_are_escaped() -> None:
    books("C++ (2nd)", "Cxx 2nd", "Why?")

    assert names(Book.objects.filter(name__startswith="C++ (")) == ["C++ (2nd)"]
    assert names(Book.objects.filter(name__endswith="y?")) == ["Why?"]


def test_iexact_ignores_case_and_nothing_else() -> None:
    books("a.b", "AxB")

    assert names(Book.objects.filter(name__iexact="A.B")) == ["a.b"]


@pytest.mark.feature("values", "icontains ignores capitals, contains does not")
def test_icontains_ignores_case_and_contains_does_not() -> None:
    books("Dune", "dune")

    assert Book.objects.filter(name__icontains="UN").count() == 2
    assert names(Book.objects.filter(name__contains="Du")) == ["Dune"]


def test_lte_and_range_include_their_bounds_and_gt_does_not() -> None:
    for pages in (1, 2, 3, 4):
        book(pages=pages)

    def found(**lookup: object) -> list[int]:
        return sorted(Book.objects.filter(**lookup).values_list("pages", flat=True))

    assert found(pages__gt=2) == [3, 4]
    assert found(pages__lte=2) == [1, 2]
    assert found(pages__range=(2, 3)) == [2, 3]


def test_in_accepts_a_thousand_values() -> None:
    books("Dune", "Emma")

    found = Book.objects.filter(name__in=[f"Emm{n}" for n in range(999)] + ["Emma"])

    assert names(found) == ["Emma"]


def test_null_matches_only_isnull() -> None:
    book("Dune", published=None)
    book("Emma", published=date(1815, 12, 23))

    assert names(Book.objects.filter(published__isnull=True)) == ["Dune"]
    assert names(Book.objects.filter(published__lt=date(1900, 1, 1))) == ["Emma"]
    assert names(Book.objects.exclude(published__isnull=True)) == ["Emma"]


def test_rows_are_filtered_by_a_boolean_column() -> None:
    book("Dune", available=True)
    book("Emma", available=False)

    assert names(Book.objects.filter(available=True)) == ["Dune"]
    assert names(Book.objects.exclude(available=True)) == ["Emma"]


def test_conditions_are_combined_with_and_or_and_not() -> None:
    for name, weight in (("a", 1), ("b", 2), ("c", 3), ("d", 4)):
        Tag.objects.create(name=name, weight=weight)

    found = Tag.objects.filter(Q(name="a") | Q(weight__gt=2) & ~Q(name="d"))

    assert sorted(names(found)) == ["a", "c"]
