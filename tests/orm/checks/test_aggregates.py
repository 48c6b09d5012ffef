"""Aggregates, over all rows and by group."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Avg, Count, F, Max, Min, Q, Sum

from tests.orm.library import book, names
from tests.orm.models import Author, Book

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_authors() -> None:
    """Austen has two books, of 10 and 30 pages; Camus has one, of 20."""
    austen, camus = (Author.objects.create(name=name) for name in ("Austen", "Camus"))
    book("Emma", austen, pages=10, copies=1)
    book("Persuasion", austen, pages=30, copies=2)
    book("The Plague", camus, pages=20, copies=3, available=False)


def test_sum_average_minimum_and_maximum(two_authors: None) -> None:
    found = Book.objects.aggregate(Sum("pages"), Avg("pages"), Min("pages"), Max("pages"))

    assert found == {"pages__sum": 60, "pages__avg": 20, "pages__min": 10, "pages__max": 30}


def test_a_sum_of_decimals_is_exact() -> None:
    for price in ("0.10", "0.20", "999999.99"):
        book(price=Decimal(price))

    assert Book.objects.aggregate(total=Sum("price")) == {"total": Decimal("1000000.29")}


def test_an_expression_of_two_columns_is_summed(two_authors: None) -> None:
    assert Book.objects.aggregate(all=Sum(F("pages") * F("copies"))) == {"all": 130}


def test_an_aggregate_with_a_filter_uses_only_matching_rows(two_authors: None) -> None:
    found = Book.objects.aggregate(there=Count("pk", filter=Q(available=True)), all=Count("pk"))

    assert found == {"there": 2, "all": 3}


def test_rows_are_grouped_by_a_column(two_authors: None) -> None:
    groups = Book.objects.values("available").annotate(pages=Sum("pages"), number=Count("pk"))

    assert sorted((each["available"], each["pages"], each["number"]) for each in groups) == [
        (False, 20, 1),
        (True, 40, 2),
    ]


def test_objects_are_annotated_with_the_count_of_related_objects(two_authors: None) -> None:
    Author.objects.create(name="Silent")

    authors = Author.objects.annotate(number=Count("books")).order_by("name")

    assert [(each.name, each.number) for each in authors] == [
        ("Austen", 2),
        ("Camus", 1),
        ("Silent", 0),
    ]


def test_groups_are_filtered_by_their_aggregate(two_authors: None) -> None:
    found = Author.objects.annotate(pages=Sum("books__pages")).filter(pages__gt=20)

    assert names(found) == ["Austen"]


def test_an_annotation_computes_a_value_from_two_columns(two_authors: None) -> None:
    computed = Book.objects.annotate(printed=F("pages") * F("copies")).order_by("-printed")

    assert [each.printed for each in computed] == [60, 60, 10]
    assert computed.filter(printed=10).count() == 1
