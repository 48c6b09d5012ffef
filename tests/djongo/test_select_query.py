"""SELECT statements of Django 5.2 that Djongo without this engine misinterprets or cannot parse."""

from __future__ import annotations

import pytest
from django.db import NotSupportedError, connection
from django.db.models import Case, Count, Value, When

from bank.models import Customer, Order, Product
from tests.api import Api

pytestmark = pytest.mark.django_db(transaction=True)


def test_count_and_exists_return_correct_results(pens: list[Product]) -> None:
    assert Product.objects.all()[:2].count() == 2
    assert Product.objects.all()[2:9].count() == 1
    assert Product.objects.values("name").distinct().count() == 3
    assert Product.objects.filter(stock=10).exists()
    assert not Product.objects.filter(stock=11).exists()


def test_rows_are_ordered_by_a_selected_column(pens: list[Product]) -> None:
    names = Product.objects.order_by("-name").values_list("name", flat=True)

    assert list(names) == ["Pen 2", "Pen 1", "Pen 0"]


def test_rows_are_filtered_before_a_join_where_possible(api: Api) -> None:
    order = api.order(api.customer(), api.product())
    rows = Order.objects.filter(pk=order["id"], customer__name="Carl").select_related("customer")

    with connection.cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
        pipeline = cursor.result._query._make_pipeline()

    assert pipeline[0] == {"$match": {"$and": [{"id": {"$eq": order["id"]}}]}}
    assert list(rows) == [Order(pk=order["id"])]


@pytest.mark.parametrize(
    "query",
    [
        lambda: list(Product.objects.filter(pk=1).union(Product.objects.filter(pk=2))),
        lambda: Product.objects.aggregate(n=Count("price", distinct=True)),
        lambda: Product.objects.all()[:2].aggregate(n=Count("stock")),
        lambda: list(Customer.objects.filter(orders__subtotal=1).filter(orders__subtotal=2)),
        lambda: Product.objects.update(name=Case(When(name__contains="P", then=Value("Q")))),
    ],
    ids=[
        "union",
        "distinct values",
        "values of a slice",
        "a table twice",
        "LIKE in UPDATE",
    ],
)
def test_an_unsupported_query_is_an_error_and_not_a_wrong_result(query, pens) -> None:
    with pytest.raises(NotSupportedError):
        query()
