"""Exact sums of decimals, and why the engine does not read keys with RETURNING."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F, Sum, Window

from bank.models import MAX_AMOUNT, Customer, Product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def products() -> None:
    for price in (MAX_AMOUNT, Decimal("0.02")):
        Product.objects.create(name="Pen", price=price, stock=3)


def test_a_sum_of_decimals_is_exact() -> None:
    total = Product.objects.aggregate(all=Sum("price"), each=Sum(F("price") * F("stock")))

    assert total == {"all": MAX_AMOUNT + Decimal("0.02"), "each": 3 * MAX_AMOUNT + Decimal("0.06")}


def test_groups_are_filtered_and_ordered_by_their_sums() -> None:
    groups = Product.objects.values("name").annotate(sum=Sum("price"))

    found = groups.filter(sum=MAX_AMOUNT + Decimal("0.02")).order_by("sum")

    assert [each["name"] for each in found] == ["Pen"]


def test_a_window_sum_is_a_floating_point_number() -> None:
    sums = Product.objects.annotate(sum=Window(Sum("price"), partition_by="name"))

    assert {each.sum for each in sums} == {Decimal("10000000000000000")}  # rounded


def test_returning_returns_the_result_of_a_check_instead_of_the_key() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO customers (id, name) VALUES (1000, 'Carl') RETURNING id")
        (returned,) = cursor.fetchone()

    assert Customer.objects.get(name="Carl").pk == 1000
    assert returned == 1  # the CHECK is true
