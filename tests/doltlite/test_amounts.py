"""Amounts are stored as text with a numeric collation; SQLite would convert them to REAL."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.db.models import F, Sum

from bank.models import MAX_AMOUNT, Customer, Product
from bank.transactions.error_kinds import broken_constraint

pytestmark = pytest.mark.django_db


def prices(*written: str) -> list[Product]:
    return [Product.objects.create(name="Pen", price=Decimal(price)) for price in written]


def test_an_amount_keeps_every_digit() -> None:
    prices("9999999999999999.99", "9999999999999999.98", "0.10")

    with connection.cursor() as cursor:
        cursor.execute("SELECT typeof(price), price FROM products ORDER BY price")
        rows = cursor.fetchall()

    assert rows == [
        ("text", "0.10"),
        ("text", "9999999999999999.98"),
        ("text", "9999999999999999.99"),
    ]


def test_amounts_are_compared_as_numbers() -> None:
    prices("9.00", "10.00", "9999999999999999.99", "9999999999999999.98")

    dearest_first = Product.objects.order_by("-price").values_list("price", flat=True)
    dear = Product.objects.filter(price__gt=Decimal("9.50"))

    assert [*dearest_first] == [MAX_AMOUNT, MAX_AMOUNT - Decimal("0.01"), 10, 9]
    assert dear.count() == 3
    assert dear.filter(price=MAX_AMOUNT).count() == 1


def test_a_sum_computed_in_sql_has_only_15_digits() -> None:
    # Therefore totals are computed in Python: bank/models/orders.py.
    prices("9999999999999999.99", "0.02")

    total = Product.objects.aggregate(total=Sum("price"))["total"]

    assert total == Decimal("10000000000000000")  # rounded: one cent is missing


def test_a_violated_constraint_is_refused_and_named() -> None:
    with pytest.raises(IntegrityError) as refused:
        prices("-0.01")

    assert broken_constraint(refused.value) == "product_price_not_negative"


@pytest.mark.parametrize("lookup", ["contains", "startswith", "endswith"])
def test_case_sensitive_lookups_distinguish_case(lookup: str) -> None:
    for name in ("Ada_%", "aDA_%"):
        Customer.objects.create(name=name)

    as_text = Customer.objects.filter(**{f"name__{lookup}": "Ada_%"})
    as_column = Customer.objects.filter(**{f"name__{lookup}": F("name")})

    assert [customer.name for customer in as_text] == ["Ada_%"]
    assert as_column.count() == 2


def test_case_insensitive_lookups_work_in_every_alphabet() -> None:
    for name in ("Jürgen Groß", "Ørsted", "Ωmega_100%"):
        Customer.objects.create(name=name)

    def found(**lookup: str) -> list[str]:
        return list(Customer.objects.filter(**lookup).values_list("name", flat=True))

    assert found(name__icontains="JÜRGEN") == ["Jürgen Groß"]
    assert found(name__istartswith="ør") == ["Ørsted"]
    assert found(name__iexact="ωMEGA_100%") == ["Ωmega_100%"]
    assert found(name__icontains="a%1") == []
