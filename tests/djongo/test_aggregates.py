"""Aggregates, over all rows and by group."""

from __future__ import annotations

import pytest
from django.db import NotSupportedError, connection
from django.db.models import Avg, Count, F, Q, Sum, Value
from django.db.models.functions import Length, Lower

from bank.models import Order, Product
from tests.api import Api

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_sum_of_nulls_is_null(pens: list[Product]) -> None:
    in_stock = Product.objects.values("price").order_by("price").annotate(sum=Sum("stock"))

    assert Product.objects.aggregate(sum=Sum("stock")) == {"sum": 30}
    assert Product.objects.filter(stock=None).aggregate(sum=Sum("stock")) == {"sum": None}
    assert [group["sum"] for group in in_stock] == [None, 10, 20]


def test_an_aggregate_with_a_filter_uses_only_matching_rows(pens: list[Product]) -> None:
    found = Product.objects.aggregate(
        few=Sum("stock", filter=Q(price__lt=2)), average=Avg(F("stock") / 10), all=Count("stock")
    )

    assert found == {"few": 10, "average": 1.5, "all": 2}


def test_an_aggregate_of_no_rows_returns_one_row() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM products WHERE stock = %s", [1])
        assert cursor.fetchall() == [(0,)]
        assert cursor.fetchall() == []
    assert Product.objects.aggregate(n=Count("pk"), all=Sum("stock")) == {"n": 0, "all": None}


def test_rows_are_grouped_and_ordered_by_expressions(pens: list[Product]) -> None:
    Product.objects.create(name="Pencil", price=9)
    groups = Product.objects.values(length=Length("name")).annotate(number=Count("pk"))
    distinct = Product.objects.order_by(Lower("name")).values_list(Lower("name")).distinct()

    assert [*groups.order_by("-number").values_list("length", "number")] == [(5, 3), (6, 1)]
    assert [*distinct][-1] == ("pencil",)
    assert [*groups.order_by("-price").values_list("length", "number")][0] == (6, 1)
    assert [*groups.annotate(one=Value(1)).values_list("number", "one")][0][1] == 1
    assert groups.exists()
    with pytest.raises(NotSupportedError):  # the group has no such column
        list(groups.order_by(F("price").asc(nulls_last=True)))


def test_groups_are_filtered_by_their_sum(api: Api) -> None:
    pen = api.product(price="3.00")
    for name, count in (("Carl", 1), ("Dora", 2)):
        customer = api.customer(name)
        for _ in range(count):
            api.order(customer, pen)
    sums = Order.objects.values("customer__name").annotate(sum=Sum("subtotal"))

    assert sums.get(sum__gt=5)["customer__name"] == "Dora"
    with pytest.raises(NotSupportedError):  # it filters by a column that is not selected
        list(sums.filter(sum__gt=5).values_list("customer__name"))
