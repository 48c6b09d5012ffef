"""Transactions are kept apart by snapshots: two that write different documents never meet."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from bank.models import Customer, Order, Product
from bank.transactions import retry_transaction
from tests.api import Api
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_sellers_who_leave_the_last_product_to_each_other_both_sell() -> None:
    # Write skew: each looks whether another product is in stock, and only then sells out its own.
    for name in ("pen", "ink"):
        Product.objects.create(name=name, price=1, stock=1)
    both_have_looked = Barrier(2)

    @retry_transaction
    def sell_out(name: str) -> bool:
        others = Product.objects.exclude(name=name).filter(stock__gt=0).exists()
        both_have_looked.wait(timeout=5)
        Product.objects.filter(name=name).update(stock=0)
        return others

    assert at_once(sell_out, ["pen", "ink"], threads=2) == [True, True]
    assert Product.objects.filter(stock__gt=0).count() == 0


def test_an_order_placed_while_its_customer_is_deleted_is_left_without_one() -> None:
    carl = Customer.objects.create(name="Carl")
    both_have_looked = Barrier(2)

    @retry_transaction
    def place() -> None:
        customer = Customer.objects.get(pk=carl.pk)
        both_have_looked.wait(timeout=5)
        Order.objects.place(customer, {})

    @retry_transaction
    def delete() -> None:
        used = Order.objects.filter(customer=carl.pk).exists()
        both_have_looked.wait(timeout=5)
        if not used:
            Customer.objects.filter(pk=carl.pk).delete()

    works: list[Callable[[], None]] = [place, delete]
    at_once(lambda work: work(), works, threads=2)

    [order] = connection.database.orders.find()
    assert order["customer_id"] == carl.pk
    assert Customer.objects.count() == 0
    assert Api(Client()).list("/order/") == []  # joined with its customer, it is not there
