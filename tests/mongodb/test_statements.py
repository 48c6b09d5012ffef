"""The statements of the engine are counted and logged, and can use indexes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from tests.api import Api


def statements(work: Callable[[], object]) -> list[str]:
    sent: list[str] = []

    def note(execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        sent.append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(note):
        work()
    return sent


def test_a_statement_is_logged_without_its_values(api: Api) -> None:
    assert statements(lambda: api.customer("Carl")) == ["db.customers.insert_many([{'name': '?'}])"]


def test_an_order_is_filtered_before_it_is_joined(api: Api) -> None:
    order = api.order(api.customer(), api.product())

    [statement] = statements(lambda: api.get(f"/order/{order['id']}/"))

    assert statement.startswith("db.orders.aggregate([{'$match': {'$and': [{'_id': ")


def test_the_products_of_an_order_are_found_by_their_keys(api: Api) -> None:
    customer, pen = api.customer(), api.product()

    sent = statements(lambda: api.order(customer, pen))

    [products] = [statement for statement in sent if "db.products.aggregate" in statement]
    assert "{'$match': {'_id': {'$in': ['?']}}}" in products
