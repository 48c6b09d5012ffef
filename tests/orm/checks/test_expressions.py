"""Subqueries, annotations, UNION, and lookups in JSON."""

from __future__ import annotations

import pytest
from django.db.models import Case, CharField, Exists, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, Length, Lower

from tests.orm.library import book, names
from tests.orm.models import Author, Book, Document, Publisher, Tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def authors() -> tuple[Author, Author]:
    """Austen, who has two books, and Camus, who has none."""
    austen, camus = (Author.objects.create(name=name) for name in ("Austen", "Camus"))
    book("Emma", austen, pages=10)
    book("Persuasion", austen, pages=30)
    return austen, camus


def test_exists_filters_rows_by_a_subquery(authors: tuple[Author, Author]) -> None:
    long = Book.objects.filter(author=OuterRef("pk"), pages__gt=20)

    assert names(Author.objects.filter(Exists(long))) == ["Austen"]
    assert names(Author.objects.filter(~Exists(long))) == ["Camus"]


def test_a_row_is_annotated_with_a_subquery(authors: tuple[Author, Author]) -> None:
    longest = Book.objects.filter(author=OuterRef("pk")).order_by("-pages").values("name")[:1]

    found = Author.objects.annotate(longest=Subquery(longest)).order_by("name")

    assert [each.longest for each in found] == ["Persuasion", None]


def test_a_row_is_annotated_with_a_case_expression(authors: tuple[Author, Author]) -> None:
    size = Case(When(pages__gt=20, then=Value("long")), default=Value("short"))

    found = Book.objects.annotate(size=size).order_by("name")

    assert [each.size for each in found] == ["short", "long"]


def test_a_row_is_annotated_with_database_functions() -> None:
    book("Emma", publisher=Publisher.objects.create(name="Murray"))
    book("Dune")

    label = Concat(
        Lower("name"),
        Value(" by "),
        Coalesce("publisher__name", Value("?")),
        output_field=CharField(),
    )
    found = Book.objects.annotate(label=label, length=Length("name")).order_by("name")

    assert [each.label for each in found] == ["dune by ?", "emma by Murray"]
    assert [each.length for each in found] == [4, 4]


@pytest.mark.feature("queries", "UNION")
def test_union_combines_two_queries(authors: tuple[Author, Author]) -> None:
    Tag.objects.create(name="new")

    both = Author.objects.values_list("name").union(Tag.objects.values_list("name"))

    assert sorted(both) == [("Austen",), ("Camus",), ("new",)]


@pytest.mark.feature("queries", "JSON: rows are found by a nested key")
def test_a_json_document_is_filtered_by_a_nested_key() -> None:
    deep = Document.objects.create(data={"a": {"b": [{"c": True}]}, "n": 2})
    Document.objects.create(data={"a": {"b": []}, "n": 1})

    assert [*Document.objects.filter(data__a__b__0__c=True)] == [deep]
    assert [*Document.objects.filter(data__n__gt=1)] == [deep]
    assert Document.objects.filter(data__has_key="a").count() == 2
