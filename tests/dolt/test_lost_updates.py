"""Why stock and orders have a token: Dolt sees no conflict in identical writes of two transactions.

https://www.dolthub.com/blog/2023-12-14-concurrent-transaction-example/
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from bank.models import Order, Product
from bank.transactions import retry_transaction
from tests.api import Api
from tests.dolt.concurrent_commits import commit_concurrently

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pen() -> Product:
    return Product.objects.create(name="pen", price=1, stock=10)


def stock_of(pen: Product) -> int | None:
    return Product.objects.get(pk=pen.pk).stock


def sell_without_a_token(pen: Product) -> None:
    stock = stock_of(pen)
    assert stock is not None
    Product.objects.filter(pk=pen.pk).update(stock=stock - 1)


def sell(pen: Product) -> None:
    Product.objects.take({pen.pk: 1})


def test_without_the_token_two_sales_succeed_and_one_is_lost(pen: Product) -> None:
    sale = transaction.atomic(sell_without_a_token)

    results = commit_concurrently(lambda: sale(pen), lambda: sale(pen))

    assert (results, stock_of(pen)) == ([None, None], 9)


def test_select_for_update_does_not_prevent_a_lost_update(pen: Product) -> None:
    @transaction.atomic
    def sale() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT stock FROM products WHERE id = %s FOR UPDATE", [pen.pk])
            (stock,) = cursor.fetchone()
        Product.objects.filter(pk=pen.pk).update(stock=stock - 1)

    results = commit_concurrently(sale, sale)

    assert (results, stock_of(pen)) == ([None, None], 9)


def test_the_engine_does_not_claim_to_support_select_for_update(pen: Product) -> None:
    with transaction.atomic():
        asked = Product.objects.select_for_update().filter(pk=pen.pk)

        assert [product.pk for product in asked] == [pen.pk]
        assert "FOR UPDATE" not in str(asked.query)
    assert not connection.features.has_select_for_update


def test_with_the_token_the_second_sale_is_refused_at_commit(pen: Product) -> None:
    sale = transaction.atomic(sell)

    results = commit_concurrently(lambda: sale(pen), lambda: sale(pen))

    [error] = [result for result in results if result is not None]
    assert (type(error), error.args[0]) == (OperationalError, 1213)
    assert stock_of(pen) == 9


def test_retried_transactions_lose_no_sale(pen: Product) -> None:
    sale = retry_transaction(sell)

    results = commit_concurrently(lambda: sale(pen), lambda: sale(pen))

    assert (results, stock_of(pen)) == ([None, None], 8)


def test_concurrent_updates_of_two_columns_of_a_row_are_merged(pen: Product) -> None:
    def update(**values: object) -> None:
        with transaction.atomic():
            Product.objects.filter(pk=pen.pk).update(**values)

    results = commit_concurrently(lambda: update(name="biro"), lambda: update(price=2))

    assert results == [None, None]
    assert Product.objects.filter(name="biro", price=2).exists()


class OrderUnderTest:
    """An order, with methods that send requests to change it."""

    def __init__(self) -> None:
        api = Api(Client())
        self.customers = [api.customer("Carl"), api.customer("Dora")]
        self.products = [api.product(name) for name in ("Pen", "Ink", "Cup")]
        created = api.post("/order/", self._body(customer=0, product=0))
        self.path, self.etag = created["Location"], created["ETag"]

    def _body(self, customer: int, product: int) -> Any:
        """Return a body with a constant subtotal: a change of lines only leaves the order's row."""
        return {
            "customer": self.customers[customer],
            "products": [self.products[product]],
            "subtotal": "5.00",
        }

    def put(self, customer: int, product: int, **headers: str) -> Any:
        return Api(Client()).put(self.path, self._body(customer, product), **headers)

    def delete(self) -> Any:
        return Api(Client()).delete(self.path)

    def result(self) -> tuple[str, set[str]]:
        """Return the names of its customer and of its products."""
        found = Api(Client()).list(self.path)
        return found["customer"]["name"], {line["name"] for line in found["products"]}


@pytest.fixture
def order() -> OrderUnderTest:
    return OrderUnderTest()


def test_without_the_token_two_concurrent_changes_of_an_order_are_merged(
    order: OrderUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bank.models.orders.new_token", lambda: 1)

    responses = commit_concurrently(
        lambda: order.put(0, 1, if_match=order.etag), lambda: order.put(0, 2, if_match=order.etag)
    )

    assert [response.status_code for response in responses] == [200, 200]
    assert order.result() == ("Carl", {"Ink", "Cup"})


@pytest.mark.parametrize(("customer", "name"), [(0, "Carl"), (1, "Dora")])
def test_the_second_of_two_concurrent_changes_of_an_order_gets_a_412(
    order: OrderUnderTest, customer: int, name: str
) -> None:
    responses = commit_concurrently(
        lambda: order.put(0, 1, if_match=order.etag),
        lambda: order.put(customer, 2, if_match=order.etag),
    )

    assert {response.status_code for response in responses} == {200, 412}
    assert order.result() in (("Carl", {"Ink"}), (name, {"Cup"}))


def test_an_order_deleted_during_a_change_stays_deleted(order: OrderUnderTest) -> None:
    responses = commit_concurrently(lambda: order.put(0, 1), order.delete)

    assert {response.status_code for response in responses} in ({200, 204}, {204, 404})
    assert not Order.objects.exists()
