"""Rules that the database itself keeps, whatever the application does, and exactly at the limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from bank import queries
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
    """A customer, a product, an order and its line, two pieces of the product."""
    api.order(api.customer(), (api.product(stock=5), 2))


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize(("model", "column", "wrong", "right"), RULES)
def test_the_database_refuses_what_a_check_forbids_and_names_it(
    request: pytest.FixtureRequest, model: Any, column: str, wrong: Any, right: Any
) -> None:
    before = model.objects.values_list(column, flat=True).get()

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        model.objects.update(**{column: wrong})

    assert f"[{broken_constraint(caught.value)}]" in request.node.name
    assert model.objects.values_list(column, flat=True).get() == before


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize(("model", "column", "wrong", "right"), RULES)
def test_the_database_takes_the_least_that_a_check_allows(
    model: Any, column: str, wrong: Any, right: Any
) -> None:
    model.objects.update(**{column: right})

    assert model.objects.values_list(column, flat=True).get() == right


def test_the_answer_to_what_breaks_a_check_names_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = api.product(stock=5)

    def broken(pk: Any) -> Any:
        with transaction.atomic():
            Product.objects.update(stock=-1)

    monkeypatch.setattr(queries, "product", broken)
    response = api.get(f"/product/{product['id']}/")

    assert "product_stock_not_negative" in problem(response, 409)["detail"]


@pytest.mark.django_db
def test_expired_answers_are_found_by_an_index() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "stored_answers")

    index = found["stored_answer_created_index"]
    assert (index["columns"], index["index"]) == (["created"], True)
