"""Values are read as they were written."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from bank.models import Product
from tests.djongo.column_types import ColumnTypes

pytestmark = pytest.mark.django_db(transaction=True)
MOST = Decimal("9999999999999999.99")


def test_an_amount_is_exact_and_compared_as_a_number() -> None:
    for price in (MOST, Decimal("9.10"), Decimal("10.00")):
        Product.objects.create(name=str(price), price=price)

    ordered = Product.objects.order_by("price").values_list("price", flat=True)

    assert [str(price) for price in ordered] == ["9.10", "10.00", "9999999999999999.99"]
    assert Product.objects.filter(price__gt=Decimal("9.5")).count() == 2
    assert Product.objects.get(price=MOST).name == str(MOST)


def test_an_amount_is_rounded_to_the_decimals_of_its_column() -> None:
    pen = Product.objects.create(name="Pen", price=Decimal("1.005"))

    pen.refresh_from_db()

    assert str(pen.price) in ("1.00", "1.01")


def test_values_of_every_column_type_are_read_unchanged(column_types: type[ColumnTypes]) -> None:
    serial = uuid.uuid4()
    values = {"made": date(2026, 2, 28), "blob": b"\x00\xff\x10", "big": 2**62, "active": False}
    pk = column_types.objects.create(name="one", serial=serial, **values).pk

    found = column_types.objects.get(serial=serial)

    assert (found.pk, found.serial) == (pk, serial)
    assert {name: getattr(found, name) for name in values} == values


def test_bulk_create_sets_primary_keys() -> None:
    pens = Product.objects.bulk_create([Product(name=str(n), price=1) for n in range(3)])

    assert [Product.objects.get(pk=pen.pk).name for pen in pens] == ["0", "1", "2"]


def test_introspection_returns_the_columns_of_a_table() -> None:
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "products")

    assert [(c.name, c.type_code) for c in columns] == [
        ("id", "long"),
        ("name", "string"),
        ("price", "decimal"),
        ("stock", "long"),
        ("stock_token", "long"),
    ]
