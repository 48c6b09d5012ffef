"""Structured values: support is native if the database can find a row by a part of the value."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import serializers
from django.db import DatabaseError
from django.db.models import QuerySet

from tests.guarantees.cells import Observe
from tests.orm.fields import Address
from tests.orm.library import book, names
from tests.orm.models import Book, Contact, Document, Place, Restaurant, Tag, Values
from tests.orm.observed import raw_value, statements, support

pytestmark = pytest.mark.django_db


@pytest.mark.feature("Django's requirements", "lists")
def test_a_list_keeps_its_order(observe: Observe) -> None:
    made = Document.objects.create(data=["b", "a", "b"])
    Document.objects.create(data=["a"])

    assert Document.objects.get(pk=made.pk).data == ["b", "a", "b"]
    observe(support(found(Document.objects.filter(data__2="b"), made)))


@pytest.mark.feature("Django's requirements", "sets")
def test_a_set_has_no_duplicates(observe: Observe) -> None:
    made = Contact.objects.create(name="Carl", labels=["b", "a", "b"], address=Address("", ""))
    given_twice = Document.objects.create(data=["b", "a", "b"])

    assert Contact.objects.get(pk=made.pk).labels == {"a", "b"}
    given_twice.refresh_from_db()
    observe(support(native=len(given_twice.data) == 2))


@pytest.mark.feature("Django's requirements", "nested documents")
def test_a_nested_document_is_read_unchanged(observe: Observe) -> None:
    data = {"a": {"b": {"c": True, "d": [1, {"e": None}]}}}

    made = Document.objects.create(data=data)
    Document.objects.create(data={"a": {"b": {"c": False}}})

    assert Document.objects.get(pk=made.pk).data == data
    observe(support(found(Document.objects.filter(data__a__b__c=True), made)))


@pytest.mark.feature("Django's requirements", "embedded models")
def test_an_embedded_model_is_read_unchanged(observe: Observe) -> None:
    home = Address("1 Main Street", "Rome")

    made = Contact.objects.create(name="Carl", address=home)
    Contact.objects.create(name="Dora", address=Address("1 Main Street", "Oslo"))

    assert Contact.objects.get(pk=made.pk).address == home
    observe(support(found(Contact.objects.filter(address__city="Rome"), made)))


def found(rows: QuerySet[Any], one: Any) -> bool:
    """Whether the query succeeds and returns only this object."""
    try:
        return [*rows] == [one]
    except DatabaseError:
        return False


@pytest.mark.feature("Django's requirements", "binary")
def test_bytes_are_read_unchanged(observe: Observe) -> None:
    Values.objects.create(content=b"\x00\xff\x10")

    assert bytes(Values.objects.get().content) == b"\x00\xff\x10"
    stored = raw_value(Values.objects.all(), "content")
    observe(support(native=isinstance(stored, bytes | memoryview)))


@pytest.mark.feature("Django's requirements", "serialization of many-to-many")
def test_many_to_many_is_serialized_and_deserialized(observe: Observe) -> None:
    dune = book()
    dune.tags.add(*(Tag.objects.create(name=name) for name in ("new", "old")))

    with statements() as sent:
        written = serializers.serialize("json", Book.objects.filter(pk=dune.pk))
    dune.tags.clear()
    for each in serializers.deserialize("json", written):
        each.save()

    assert sorted(names(Book.objects.get().tags.all())) == ["new", "old"]
    observe(support(native=len(sent) == 1))


@pytest.mark.feature("Django's requirements", "multi-table inheritance")
def test_a_child_has_a_row_in_the_table_of_its_parent(observe: Observe) -> None:
    with statements() as sent:
        made = Restaurant.objects.create(name="Noma", stars=3)
    Restaurant.objects.create(name="Other", stars=0)

    assert Place.objects.get(name="Noma").restaurant.stars == 3
    made.delete()
    assert (names(Place.objects.all()), Restaurant.objects.count()) == (["Other"], 1)
    observe(support(native=len(sent) == 1))
