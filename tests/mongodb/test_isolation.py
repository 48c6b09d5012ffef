"""Snapshot isolation: two transactions that write different documents do not conflict."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client

from bank.models import Customer, Order, OrderLine, Product
from bank.transactions import retry_transaction
from tests.api import Api
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_write_skew_is_not_prevented() -> None:
    # Each seller checks that another product is in stock, and only then sells out its own.
    for name in ("pen", "ink"):
        Product.objects.create(name=name, price=1, stock=1)
    both_have_read = Barrier(2)

    @retry_transaction
    def sell_out(name: str) -> bool:
        others = Product.objects.exclude(name=name).filter(stock__gt=0).exists()
        both_have_read.wait(timeout=5)
        Product.objects.filter(name=name).update(stock=0)
        return others

    assert at_once(sell_out, ["pen", "ink"], threads=2) == [True, True]
    assert Product.objects.filter(stock__gt=0).count() == 0


def place_and_delete(target: Any, used: models.QuerySet[Any], quantities: dict[Any, int]) -> None:
    """Delete the target, to which no row refers, while an order that refers to it is placed."""
    customer = target if isinstance(target, Customer) else Customer.objects.create(name="Carl")
    both_have_read = Barrier(2)

    @retry_transaction
    def place() -> None:
        target.refresh_from_db()
        both_have_read.wait(timeout=5)
        Order.objects.place(customer, quantities)

    @retry_transaction
    def delete() -> None:
        in_use = used.exists()
        both_have_read.wait(timeout=5)
        if not in_use:
            type(target).objects.filter(pk=target.pk).delete()

    works: list[Callable[[], None]] = [place, delete]
    at_once(lambda work: work(), works, threads=2)


def test_an_order_placed_while_its_customer_is_deleted_has_no_customer() -> None:
    carl = Customer.objects.create(name="Carl")

    place_and_delete(carl, Order.objects.filter(customer=carl.pk), {})

    [order] = connection.database.orders.find()
    assert order["customer_id"] == carl.pk
    assert Customer.objects.count() == 0
    assert Api(Client()).list("/order/") == []  # the join with its customer excludes it


def test_an_order_placed_while_its_product_is_deleted_has_a_line_without_a_name() -> None:
    pen = Product.objects.create(name="Pen", price=1)

    place_and_delete(pen, OrderLine.objects.filter(product=pen.pk), {pen.pk: 2})

    [order] = Api(Client()).list("/order/")
    line = {"id": str(pen.pk), "name": "", "price": "1.00", "quantity": 2}
    assert order["products"] == [line]
    assert Product.objects.count() == 0
    with pytest.raises(CommandError, match=f"^Order {order['id']} refers to product {pen.pk}, "):
        call_command("bank_export")
    assert Api(Client()).delete(f"/order/{order['id']}/").status_code == 204
