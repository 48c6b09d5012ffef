"""Constraints of the database, on_delete, and raw SQL."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection
from django.db.models import ProtectedError

from tests.orm.library import book
from tests.orm.models import Author, Book, Publisher, Series, Tag

pytestmark = pytest.mark.django_db


@pytest.mark.feature("constraints", "UNIQUE")
def test_a_duplicate_in_a_unique_column_is_refused() -> None:
    Tag.objects.create(name="new")

    with pytest.raises(IntegrityError):
        Tag.objects.create(name="new")


def test_a_duplicate_primary_key_is_refused() -> None:
    tag = Tag.objects.create(name="new")

    with pytest.raises(IntegrityError):
        Tag.objects.create(pk=tag.pk, name="other")


@pytest.mark.feature("constraints", "CHECK")
def test_a_violated_check_constraint_is_refused() -> None:
    with pytest.raises(IntegrityError):
        book(pages=0)


@pytest.mark.feature("constraints", "foreign keys")
@pytest.mark.django_db(transaction=True)
def test_a_foreign_key_to_a_deleted_row_is_refused() -> None:
    author = Author.objects.create(name="Austen")
    gone = author.pk
    author.delete()

    with pytest.raises(IntegrityError):
        Book.objects.create(name="Emma", author_id=gone)


def test_cascade_deletes_dependent_objects() -> None:
    dune, emma = book("Dune"), book("Emma")
    dune.tags.add(Tag.objects.create(name="new"))

    deleted, by_model = dune.author.delete()

    assert (deleted, by_model["orm.Book"]) == (3, 1)
    assert [*Book.objects.all()] == [emma]


def test_protect_prevents_deleting_a_referenced_object() -> None:
    publisher = Publisher.objects.create(name="Murray")
    book("Emma", publisher=publisher)

    with pytest.raises(ProtectedError):
        publisher.delete()

    assert Publisher.objects.count() == 1


def test_set_null_clears_references_to_a_deleted_object() -> None:
    series = Series.objects.create(name="Chronicles")
    book(series=series)

    series.delete()

    assert Book.objects.get().series_id is None


@pytest.mark.feature("queries", "raw SQL")
def test_raw_sql_counts_rows() -> None:
    book()

    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM orm_book WHERE name = %s", ["Dune"])
        assert cursor.fetchone() == (1,)
