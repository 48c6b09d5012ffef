"""WHERE selects what it says: Djongo alone selects wrong rows, without an error."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

import pytest
from django.db import NotSupportedError
from django.db.models import Q, Sum

from bank.models import Customer, Order, OrderLine, Product
from tests.api import Api
from tests.djongo.column_types import ColumnTypes

pytestmark = pytest.mark.django_db(transaction=True)
Condition = tuple[Q, Callable[[Product], bool]]


def one(chance: random.Random) -> Condition:
    """A single comparison, for the database and for Python."""
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
    """Comparisons under NOT, AND and OR."""
    if depth == 0 or chance.random() < 0.2:
        return one(chance)
    (left, left_holds), (right, right_holds) = (nested(chance, depth - 1) for _ in range(2))
    return chance.choice(
        [
            (~left, lambda p: not left_holds(p)),
            (left & right, lambda p: left_holds(p) and right_holds(p)),
            (left | right, lambda p: left_holds(p) or right_holds(p)),
        ]
    )


def test_three_hundred_random_conditions_select_what_python_does() -> None:
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


def test_a_list_beside_a_subquery_stays_a_list(api: Api) -> None:
    carl, dora = api.customer("Carl"), api.customer("Dora")
    for customer in (carl, dora):
        api.order(customer, api.product())
    with_lines = Order.objects.filter(pk__in=OrderLine.objects.values("order"))

    assert with_lines.count() == 2
    assert with_lines.get(customer__in=[carl["id"], 99]).customer_id == carl["id"]
    assert Customer.objects.exclude(pk__in=Order.objects.values("customer")).count() == 0


def test_two_subqueries_are_an_error_and_no_wrong_answer() -> None:
    orders = Order.objects.filter(pk__in=OrderLine.objects.values("order"))

    with pytest.raises(NotSupportedError):
        list(orders.filter(customer__in=Customer.objects.filter(name="Carl")))


def test_groups_are_chosen_by_their_sum(api: Api) -> None:
    pen = api.product(price="3.00")
    for name, count in (("Carl", 1), ("Dora", 2)):
        customer = api.customer(name)
        for _ in range(count):
            api.order(customer, pen)
    sums = Order.objects.values("customer__name").annotate(sum=Sum("subtotal"))

    assert sums.get(sum__gt=5)["customer__name"] == "Dora"
    with pytest.raises(NotSupportedError):  # what is not selected cannot be looked at afterwards
        list(sums.filter(sum__gt=5).values_list("customer__name"))


def test_a_part_of_a_date_is_looked_for_in_its_own_table(column_types: type[ColumnTypes]) -> None:
    for day in (1, 2):
        column_types.objects.create(name=str(day), made=date(2026, 10, day))

    assert column_types.objects.get(Q(made__day=2) | Q(made__month=9)).name == "2"
