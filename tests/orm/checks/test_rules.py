"""What the database refuses, and what goes when something is deleted."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection
from django.db.models import ProtectedError

from tests.orm.library import book
from tests.orm.models import Author, Book, Publisher, Series, Tag

pytestmark = pytest.mark.django_db


def test_what_is_unique_is_there_once() -> None:
    Tag.objects.create(name="new")

    with pytest.raises(IntegrityError):
        Tag.objects.create(name="new")


def test_a_key_is_given_once() -> None:
    tag = Tag.objects.create(name="new")

    with pytest.raises(IntegrityError):
        Tag.objects.create(pk=tag.pk, name="other")


def test_a_condition_that_must_hold_holds() -> None:
    with pytest.raises(IntegrityError):
        book(pages=0)


@pytest.mark.django_db(transaction=True)
def test_a_row_does_not_refer_to_one_that_is_gone() -> None:
    author = Author.objects.create(name="Austen")
    gone = author.pk
    author.delete()

    with pytest.raises(IntegrityError):
        Book.objects.create(name="Emma", author_id=gone)


def test_what_belongs_to_something_goes_with_it() -> None:
    dune, emma = book("Dune"), book("Emma")
    dune.tags.add(Tag.objects.create(name="new"))

    deleted, by_model = dune.author.delete()

    assert (deleted, by_model["orm.Book"]) == (3, 1)
    assert [*Book.objects.all()] == [emma]


def test_what_others_need_stays() -> None:
    publisher = Publisher.objects.create(name="Murray")
    book("Emma", publisher=publisher)

    with pytest.raises(ProtectedError):
        publisher.delete()

    assert Publisher.objects.count() == 1


def test_what_others_can_do_without_leaves_a_null() -> None:
    series = Series.objects.create(name="Chronicles")
    book(series=series)

    series.delete()

    assert Book.objects.get().series_id is None


def test_a_query_in_the_databases_own_sql_counts_rows() -> None:
    book()

    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM orm_book WHERE name = %s", ["Dune"])
        assert cursor.fetchone() == (1,)
