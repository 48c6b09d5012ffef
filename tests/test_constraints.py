"""Constraints that the database itself enforces, at their limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from bank.api import products
from bank.models import Customer, Order, OrderLine, Product
from bank.transactions.error_kinds import broken_constraint
from tests.api import Api, problem

CENT = Decimal("0.01")
RULES: list[Any] = [
    pytest.param(Customer, "name", "", "x", id="customer_name_not_empty"),
    pytest.param(Product, "name", "", "x", id="product_name_not_empty"),
    pytest.param(Product, "price", -CENT, 0 * CENT, id="product_price_not_negative"),
    pytest.param(Product, "stock", -1, 0, id="product_stock_not_negative"),
    pytest.param(Order, "subtotal", -CENT, 0 * CENT, id="order_subtotal_not_negative"),
    pytest.param(OrderLine, "quantity", 0, 1, id="order_line_quantity_positive"),
    pytest.param(OrderLine, "price", -CENT, 0 * CENT, id="order_line_price_not_negative"),
]


@pytest.fixture
def one_of_each(api: Api) -> None:
    """Create a customer, a product, and an order with one line of two pieces."""
    api.order(api.customer(), (api.product(stock=5), 2))


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize(("model", "column", "wrong", "right"), RULES)
def test_the_database_names_a_violated_check(
    request: pytest.FixtureRequest, model: Any, column: str, wrong: Any, right: Any
) -> None:
    before = model.objects.values_list(column, flat=True).get()

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        model.objects.update(**{column: wrong})

    assert f"[{broken_constraint(caught.value)}]" in request.node.name
    assert model.objects.values_list(column, flat=True).get() == before


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize(("model", "column", "wrong", "right"), RULES)
def test_the_database_accepts_the_smallest_valid_value(
    model: Any, column: str, wrong: Any, right: Any
) -> None:
    model.objects.update(**{column: right})

    assert model.objects.values_list(column, flat=True).get() == right


def test_a_violated_check_is_a_409_that_names_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    product = api.product(stock=5)

    def broken(pk: Any) -> Any:
        with transaction.atomic():
            Product.objects.update(stock=-1)

    monkeypatch.setattr(products, "read", broken)
    response = api.get(f"/product/{product['id']}/")

    assert "product_stock_not_negative" in problem(response, 409)["detail"]


@pytest.mark.django_db
def test_expired_answers_are_found_with_an_index() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "stored_answers")

    index = found["stored_answer_created_index"]
    assert (index["columns"], index["index"]) == (["created"], True)
