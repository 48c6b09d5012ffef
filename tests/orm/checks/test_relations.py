"""Relations: select_related(), prefetch_related(), many-to-many, and lookups across them."""

from __future__ import annotations

import pytest

from tests.orm.library import book, books, names
from tests.orm.models import Author, Book, Choice, Club, Tag
from tests.orm.observed import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def tags() -> list[Tag]:
    return [Tag.objects.create(name=name) for name in ("new", "old", "rare")]


def test_select_related_reads_the_related_object_in_the_same_query() -> None:
    book("Emma", Author.objects.create(name="Austen"))

    with statements() as sent:
        [emma] = Book.objects.select_related("author")
        assert emma.author.name == "Austen"

    assert len(sent) == 1


def test_a_relation_is_followed_in_both_directions() -> None:
    author = Author.objects.create(name="Austen")
    book("Emma", author)
    book("Dune")

    assert names(Book.objects.filter(author__name="Austen")) == ["Emma"]
    assert names(Author.objects.filter(books__name="Emma")) == ["Austen"]
    assert names(author.books.all()) == ["Emma"]


def test_adding_a_many_to_many_relation_twice_stores_it_once(tags: list[Tag]) -> None:
    dune = book()

    for _ in range(2):
        dune.tags.add(*tags)

    assert dune.tags.count() == 3


def test_remove_deletes_a_many_to_many_relation_but_not_the_object(tags: list[Tag]) -> None:
    dune = book()
    dune.tags.add(*tags)

    dune.tags.remove(tags[0])

    assert sorted(names(dune.tags.all())) == ["old", "rare"]
    assert Tag.objects.count() == 3


def test_set_replaces_many_to_many_relations(tags: list[Tag]) -> None:
    dune = book()
    dune.tags.add(tags[0], tags[1])

    dune.tags.set(tags[1:])

    assert sorted(names(dune.tags.all())) == ["old", "rare"]


def test_filter_and_exclude_follow_a_many_to_many_relation(tags: list[Tag]) -> None:
    dune, emma = books("Dune", "Emma")
    dune.tags.add(*tags)
    emma.tags.add(tags[2])

    assert names(Book.objects.filter(tags__name="new")) == ["Dune"]
    assert names(Book.objects.exclude(tags__name="new")) == ["Emma"]


@pytest.mark.feature("queries", "prefetch_related() of many-to-many")
def test_prefetch_related_reads_many_to_many_in_one_more_query(tags: list[Tag]) -> None:
    for each in books("Dune", "Emma"):
        each.tags.add(*tags)

    with statements() as sent:
        found = {each.name: len(each.tags.all()) for each in Book.objects.prefetch_related("tags")}

    assert (found, len(sent)) == ({"Dune": 3, "Emma": 3}, 2)


def test_prefetch_related_reads_reverse_foreign_keys_in_one_more_query() -> None:
    books("Dune", "Messiah")
    book("Emma", Author.objects.create(name="Austen"))

    with statements() as sent:
        authors = Author.objects.prefetch_related("books")
        found = {each.name: sorted(names(each.books.all())) for each in authors}

    assert (found, len(sent)) == ({"Herbert": ["Dune", "Messiah"], "Austen": ["Emma"]}, 2)


def test_a_through_model_has_columns_of_its_own() -> None:
    club = Club.objects.create(name="Readers")
    for rank, each in enumerate(books("Dune", "Emma"), start=1):
        Choice.objects.create(club=club, book=each, rank=rank)

    assert names(club.books.order_by("choice__rank")) == ["Dune", "Emma"]
    assert names(Club.objects.filter(choice__rank=2, books__name="Emma")) == ["Readers"]
