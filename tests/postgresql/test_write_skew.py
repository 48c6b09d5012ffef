"""Write skew: two sellers who each rely on the other's product staying in stock.

Each checks that another product is in stock, and only then sells out its own. One after the other,
they leave one product in stock; concurrently, they may leave none.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction

from backends.postgresql.errors import sqlstate
from bank.models import Product
from bank.transactions import retry_transaction
from bank.transactions.error_kinds import causes
from tests.threads import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)
Seller = Callable[[str], bool]


def sellers() -> Seller:
    """Return a function that sells out a product; its first two runs wait for each other's read."""
    barrier, runs = Barrier(2), iter(range(2))

    def sell_out(name: str) -> bool:
        others = Product.objects.exclude(name=name).filter(stock__gt=0).exists()
        for _ in runs:
            barrier.wait(timeout=5)
            break
        if others:
            Product.objects.filter(name=name).update(stock=0)
        return others

    return sell_out


def sell_both(seller: Seller) -> list[bool | Exception]:
    for name in ("pen", "ink"):
        Product.objects.create(name=name, price=1, stock=1)
    return at_once(lambda name: outcome(lambda: seller(name)), ["pen", "ink"], threads=2)


def in_stock() -> int:
    return Product.objects.filter(stock__gt=0).count()


def test_one_of_two_serializable_transactions_fails() -> None:
    results = sell_both(transaction.atomic(sellers()))

    refused = [result for result in results if isinstance(result, OperationalError)]
    assert [[sqlstate(cause) for cause in causes(error)][-1] for error in refused] == ["40001"]
    assert in_stock() == 1


def test_two_retried_transactions_both_get_a_correct_result() -> None:
    results = sell_both(retry_transaction(sellers()))

    assert sorted(map(str, results)) == ["False", "True"]
    assert in_stock() == 1


def test_read_committed_does_not_prevent_write_skew() -> None:
    seller = sellers()

    def read_committed(name: str) -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            return seller(name)

    assert sell_both(read_committed) == [True, True]
    assert in_stock() == 0
