"""insert() and update() of columns of kinds that the bank's models do not have."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models

from bank.models import Customer
from bank.writes import insert, update
from tests.orm.fields import Address
from tests.orm.models import Contact
from tests.test_added_columns import declared, migrated

pytestmark = pytest.mark.django_db


def test_the_database_sets_the_default_of_a_row_that_has_no_value() -> None:
    country: Any = models.CharField(max_length=2, db_default="it")

    with declared([(Customer, "country", country)]), migrated([(Customer, "country", country)]):
        insert([Customer(name="Ann"), Customer(name="Zoé", country="fr")])  # type: ignore[misc]
        insert([Customer(name="Bob")])
        stored = list(Customer.objects.order_by("name").values_list("name", "country"))

    assert stored == [("Ann", "it"), ("Bob", "it"), ("Zoé", "fr")]


def test_an_update_stores_a_value_as_its_column_does() -> None:
    insert([Contact(name=name, labels={"x"}, address=Address("Main St", "Rome")) for name in "ab"])
    rows = list(Contact.objects.order_by("name"))
    rows[0].labels, rows[1].labels = {"y", "z"}, set()
    rows[1].address = Address("Bow St", "Oslo")

    update(rows, ("labels", "address"))

    stored = Contact.objects.order_by("name").values_list("labels", "address")
    assert list(stored) == [
        ({"y", "z"}, Address("Main St", "Rome")),
        (set(), Address("Bow St", "Oslo")),
    ]
