"""WHERE selects the correct rows; Djongo without this engine selects others, without an error."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

import pytest
from django.db.models import Q

from bank.models import Customer, Product
from tests.djongo.column_types import ColumnTypes

pytestmark = pytest.mark.django_db(transaction=True)
JSON = '{"price": 1}'
Condition = tuple[Q, Callable[[Product], bool]]


def comparison(chance: random.Random) -> Condition:
    """Return a random comparison, as a Q and as a Python function."""
    n = chance.randrange(4)
    return chance.choice(
        [
            (Q(stock=n), lambda p: p.stock == n),
            (Q(stock=None), lambda p: p.stock is None),
            (Q(stock__gt=n), lambda p: p.stock is not None and p.stock > n),
            (Q(stock__lte=n), lambda p: p.stock is not None and p.stock <= n),
            (Q(price__in=[n, n + 1]), lambda p: p.price in (n, n + 1)),
            (Q(price__range=(n, n + 1)), lambda p: n <= p.price <= n + 1),
            (Q(name__contains="a"), lambda p: "a" in p.name),
            (Q(name__icontains="a"), lambda p: "a" in p.name.lower()),
        ]
    )


def nested(chance: random.Random, depth: int) -> Condition:
    """Return random comparisons nested in NOT, AND and OR, as a Q and as a Python function."""
    if depth == 0 or chance.random() < 0.2:
        return comparison(chance)
    (left, left_holds), (right, right_holds) = (nested(chance, depth - 1) for _ in range(2))
    return chance.choice(
        [
            (~left, lambda p: not left_holds(p)),
            (left & right, lambda p: left_holds(p) and right_holds(p)),
            (left | right, lambda p: left_holds(p) or right_holds(p)),
        ]
    )


def test_three_hundred_random_conditions_select_the_same_rows_as_python() -> None:
    chance = random.Random(2026)
    products = Product.objects.bulk_create(
        Product(name=chance.choice("aAb%"), price=chance.randrange(5), stock=stock)
        for stock in (None, 0, 1, 2, 3)
        for _ in range(3)
    )

    for _ in range(300):
        condition, holds = nested(chance, depth=4)
        found = Product.objects.filter(condition).order_by("pk").values_list("pk", flat=True)
        assert list(found) == [p.pk for p in products if holds(p)], condition


@pytest.mark.parametrize("text", ["50%", "a.b", "a*", "(", "\\", "[x]", "$", JSON, "two\nlines"])
def test_special_characters_in_a_search_text_are_escaped(text: str) -> None:
    Customer.objects.create(name=f"<{text}>")
    Customer.objects.create(name="aXb, 501, xx and more")

    for lookup in ("contains", "icontains"):
        found = Customer.objects.filter(**{f"name__{lookup}": text})
        assert [customer.name for customer in found] == [f"<{text}>"]
    assert Customer.objects.filter(name__iexact=f"<{text}>".upper()).count() == 1
    assert Customer.objects.filter(name__startswith=f"<{text}").count() == 1


def test_contains_is_case_sensitive_and_icontains_is_not() -> None:
    Customer.objects.create(name="Carl")

    assert not Customer.objects.filter(name__contains="carl")
    assert Customer.objects.filter(name__icontains="carl")


def test_rows_are_filtered_by_a_boolean_column(column_types: type[ColumnTypes]) -> None:
    for name, active in (("on", True), ("off", False)):
        column_types.objects.create(name=name, active=active)

    assert column_types.objects.get(active=True).name == "on"
    assert column_types.objects.exclude(active=True).get().name == "off"
    assert column_types.objects.filter(Q(active=True) & Q(name="off")).count() == 0


def test_rows_are_filtered_by_parts_of_a_date(column_types: type[ColumnTypes]) -> None:
    for name, month in (("spring", 4), ("autumn", 10)):
        column_types.objects.create(name=name, made=date(2026, month, 1))

    assert column_types.objects.get(made__month=10).name == "autumn"
    assert column_types.objects.filter(made__year=2026, made__day=1).count() == 2


def test_conditions_on_parts_of_a_date_are_combined_with_or(
    column_types: type[ColumnTypes],
) -> None:
    for day in (1, 2):
        column_types.objects.create(name=str(day), made=date(2026, 10, day))

    assert column_types.objects.get(Q(made__day=2) | Q(made__month=9)).name == "2"
