"""Structured values: support is native if the database can find a row by a part of the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import serializers
from django.db import DatabaseError
from django.db.models import QuerySet

from tests.orm.fields import Address
from tests.orm.library import book, names
from tests.orm.models import Book, Contact, Document, Place, Restaurant, Tag, Values
from tests.orm.observed import raw_value, statements, support

pytestmark = pytest.mark.django_db
Record = Callable[[str, object], None]


def test_a_list_keeps_its_order(record_property: Record) -> None:
    record_property("requirement", "lists")

    made = Document.objects.create(data=["b", "a", "b"])
    Document.objects.create(data=["a"])

    assert Document.objects.get(pk=made.pk).data == ["b", "a", "b"]
    record_property("support", support(found(Document.objects.filter(data__2="b"), made)))


def test_a_set_has_no_duplicates(record_property: Record) -> None:
    record_property("requirement", "sets")

    made = Contact.objects.create(name="Carl", labels=["b", "a", "b"], address=Address("", ""))
    given_twice = Document.objects.create(data=["b", "a", "b"])

    assert Contact.objects.get(pk=made.pk).labels == {"a", "b"}
    given_twice.refresh_from_db()
    record_property("support", support(native=len(given_twice.data) == 2))


def test_a_nested_document_is_read_unchanged(record_property: Record) -> None:
    record_property("requirement", "nested documents")
    data = {"a": {"b": {"c": True, "d": [1, {"e": None}]}}}

    made = Document.objects.create(data=data)
    Document.objects.create(data={"a": {"b": {"c": False}}})

    assert Document.objects.get(pk=made.pk).data == data
    record_property("support", support(found(Document.objects.filter(data__a__b__c=True), made)))


def test_an_embedded_model_is_read_unchanged(record_property: Record) -> None:
    record_property("requirement", "embedded models")
    home = Address("1 Main Street", "Rome")

    made = Contact.objects.create(name="Carl", address=home)
    Contact.objects.create(name="Dora", address=Address("1 Main Street", "Oslo"))

    assert Contact.objects.get(pk=made.pk).address == home
    record_property("support", support(found(Contact.objects.filter(address__city="Rome"), made)))


def found(rows: QuerySet[Any], one: Any) -> bool:
    """Whether the query succeeds and returns only this object."""
    try:
        return [*rows] == [one]
    except DatabaseError:
        return False


def test_bytes_are_read_unchanged(record_property: Record) -> None:
    record_property("requirement", "binary")

    Values.objects.create(content=b"\x00\xff\x10")

    assert bytes(Values.objects.get().content) == b"\x00\xff\x10"
    stored = raw_value(Values.objects.all(), "content")
    record_property("support", support(native=isinstance(stored, bytes | memoryview)))


def test_many_to_many_is_serialized_and_deserialized(record_property: Record) -> None:
    record_property("requirement", "serialization of many-to-many")
    dune = book()
    dune.tags.add(*(Tag.objects.create(name=name) for name in ("new", "old")))

    with statements() as sent:
        written = serializers.serialize("json", Book.objects.filter(pk=dune.pk))
    dune.tags.clear()
    for each in serializers.deserialize("json", written):
        each.save()

    assert sorted(names(Book.objects.get().tags.all())) == ["new", "old"]
    record_property("support", support(native=len(sent) == 1))


def test_a_child_has_a_row_in_the_table_of_its_parent(record_property: Record) -> None:
    record_property("requirement", "multi-table inheritance")

    with statements() as sent:
        made = Restaurant.objects.create(name="Noma", stars=3)
    Restaurant.objects.create(name="Other", stars=0)

    assert Place.objects.get(name="Noma").restaurant.stars == 3
    made.delete()
    assert (names(Place.objects.all()), Restaurant.objects.count()) == (["Other"], 1)
    record_property("support", support(native=len(sent) == 1))
