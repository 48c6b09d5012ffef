"""UPDATE and DELETE statements that Djongo without this engine cannot parse."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Case, F, Q, Value, When
from django.test.utils import CaptureQueriesContext

from bank.models import OrderLine, Product
from tests.api import Api

pytestmark = pytest.mark.django_db(transaction=True)


def stocks() -> list[int | None]:
    return list(Product.objects.order_by("pk").values_list("stock", flat=True))


def test_an_update_is_computed_by_the_server(pens: list[Product]) -> None:
    Product.objects.filter(stock__gte=20).update(stock=F("stock") - 1, price=F("price") * 2)

    assert stocks() == [None, 10, 19]
    assert Product.objects.get(stock=19).price == Decimal("4.00")


def test_an_update_computed_from_null_is_null(pens: list[Product]) -> None:
    Product.objects.update(stock=F("stock") + 1)

    assert stocks() == [None, 11, 21]


def test_a_constant_beside_a_computed_value_is_stored_unchanged(pens: list[Product]) -> None:
    Product.objects.filter(stock=10).update(stock=F("stock") + 1, name="$price")

    assert Product.objects.get(stock=11).name == "$price"


def test_bulk_update_sends_one_statement(pens: list[Product]) -> None:
    for number, pen in enumerate(pens):
        pen.stock = [7, None, 9][number]

    with CaptureQueriesContext(connection) as captured:
        Product.objects.bulk_update(pens, ["stock"])

    [begin, update, commit] = [query["sql"] for query in captured]
    assert (begin, commit) == ("BEGIN", "COMMIT")
    assert stocks() == [7, None, 9]


def test_a_case_expression_has_the_null_semantics_of_sql(pens: list[Product]) -> None:
    rich = When(~Q(stock__lte=10), then=Value(2))  # Django's ~Q includes NULL
    few = When(Q(stock=None) | Q(stock__in=[10]), then=Value(1))

    Product.objects.update(stock=Case(rich, few, default=Value(0)))

    assert stocks() == [2, 1, 2]


def test_rows_are_deleted_by_a_condition_on_a_joined_table(api: Api) -> None:
    for name in ("Carl", "Dora"):
        api.order(api.customer(name), api.product())

    OrderLine.objects.filter(order__customer__name="Carl").delete()

    [line] = OrderLine.objects.select_related("order__customer")
    assert line.order.customer.name == "Dora"
