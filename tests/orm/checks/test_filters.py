"""Which rows are found."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Q

from tests.orm.library import book, books, named
from tests.orm.models import Book, Tag

pytestmark = pytest.mark.django_db


def test_a_wildcard_of_like_in_a_text_is_a_character() -> None:
    books("100% wool", "100 x wool", "a_b", "axb")

    assert named(Book.objects.filter(name__contains="0% w")) == ["100% wool"]
    assert named(Book.objects.filter(name__contains="_")) == ["a_b"]


def test_a_character_of_regular_expressions_in_a_text_is_a_character() -> None:
    books("C++ (2nd)", "Cxx 2nd", "Why?")

    assert named(Book.objects.filter(name__startswith="C++ (")) == ["C++ (2nd)"]
    assert named(Book.objects.filter(name__endswith="y?")) == ["Why?"]


def test_iexact_ignores_case_and_nothing_else() -> None:
    books("a.b", "AxB")

    assert named(Book.objects.filter(name__iexact="A.B")) == ["a.b"]


def test_icontains_ignores_case_and_contains_does_not() -> None:
    books("Dune", "dune")

    assert Book.objects.filter(name__icontains="UN").count() == 2
    assert named(Book.objects.filter(name__contains="Du")) == ["Dune"]


def test_comparisons_and_ranges_include_what_they_say() -> None:
    for pages in (1, 2, 3, 4):
        book(pages=pages)

    def found(**lookup: object) -> list[int]:
        return sorted(Book.objects.filter(**lookup).values_list("pages", flat=True))

    assert found(pages__gt=2) == [3, 4]
    assert found(pages__lte=2) == [1, 2]
    assert found(pages__range=(2, 3)) == [2, 3]


def test_in_takes_a_thousand_values() -> None:
    books("Dune", "Emma")

    found = Book.objects.filter(name__in=[f"Emm{n}" for n in range(999)] + ["Emma"])

    assert named(found) == ["Emma"]


def test_null_is_found_only_by_isnull() -> None:
    book("Dune", published=None)
    book("Emma", published=date(1815, 12, 23))

    assert named(Book.objects.filter(published__isnull=True)) == ["Dune"]
    assert named(Book.objects.filter(published__lt=date(1900, 1, 1))) == ["Emma"]
    assert named(Book.objects.exclude(published__isnull=True)) == ["Emma"]


def test_a_boolean_is_a_condition() -> None:
    book("Dune", available=True)
    book("Emma", available=False)

    assert named(Book.objects.filter(available=True)) == ["Dune"]
    assert named(Book.objects.exclude(available=True)) == ["Emma"]


def test_conditions_are_joined_by_and_or_and_not() -> None:
    for name, weight in (("a", 1), ("b", 2), ("c", 3), ("d", 4)):
        Tag.objects.create(name=name, weight=weight)

    found = Tag.objects.filter(Q(name="a") | Q(weight__gt=2) & ~Q(name="d"))

    assert sorted(named(found)) == ["a", "c"]
