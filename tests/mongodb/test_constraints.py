"""The database enforces unique constraints, and no others."""

from __future__ import annotations

import pytest
from bson import Decimal128, Int64, ObjectId
from django.core.exceptions import ValidationError
from django.db import connection

from bank.models import Order, OrderLine, Product
from tests.api import Api, problem


def test_the_database_enforces_no_check_constraint(api: Api) -> None:
    connection.database.products.insert_one(
        {"name": "", "price": Decimal128("-1"), "stock": Int64(-1), "stock_token": Int64(0)}
    )

    [product] = api.list("/product/")

    assert (product["name"], product["price"], product["stock"]) == ("", "-1.00", -1)


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "Pen", "price": -1}, {"name": "Pen", "price": 1, "stock": -1}]
)
def test_the_api_and_model_validation_enforce_the_constraints(
    api: Api, wrong: dict[str, int]
) -> None:
    problem(api.post("/product/", wrong), 422)
    with pytest.raises(ValidationError):
        Product(**wrong).full_clean()


@pytest.mark.django_db
def test_the_database_accepts_an_order_of_an_unknown_customer() -> None:
    order = Order.objects.create(customer_id=ObjectId(), subtotal=1)

    assert Order.objects.values_list("pk").get() == (order.pk,)
    assert list(Order.objects.select_related("customer")) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "index"),
    [
        ("order_lines", "order_line_once_per_product"),
        ("stored_answers", "stored_answer_once_per_key"),
    ],
)
def test_a_unique_index_can_be_used_by_queries(table: str, index: str) -> None:
    found = connection.database[table].index_information()[index]

    assert found["unique"]
    assert "partialFilterExpression" not in found


def test_the_lines_of_an_order_are_found_with_an_index(api: Api) -> None:
    order = api.order(api.customer(), api.product())

    plan = OrderLine.objects.filter(order=order["id"]).explain()

    assert '"indexName": "order_line_once_per_product"' in plan
