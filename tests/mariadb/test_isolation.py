"""Which isolation levels allow lost updates and write skew."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from bank.models import Customer, Product
from bank.transactions import retry_transaction
from bank.transactions.error_kinds import ErrorKind, classify
from tests.threads import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[str], Any]
WEAK = ["read committed", "repeatable read"]


@pytest.fixture
def isolation(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that sets the isolation level of the connections of the test's threads."""

    def change(level: str, snapshot_isolation: str = "OFF") -> None:
        # ON is the default from MariaDB 11.6.2: https://jira.mariadb.org/browse/MDEV-35124
        command = f"SET SESSION innodb_snapshot_isolation = {snapshot_isolation}"
        options = {"isolation_level": level, "init_command": command}
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)

    return change


def after_reading(read: Work, write: Callable[[str, Any], None]) -> Work:
    """Return a function that reads, then writes; its first two runs wait for each other between."""
    barrier, runs = Barrier(2), iter(range(2))

    def work(name: str) -> Any:
        found = read(name)
        for _ in runs:
            barrier.wait(timeout=5)
            break
        write(name, found)
        return found

    return work


def sale() -> Work:
    """Return a function that takes one of ten pens out of stock."""
    Product.objects.create(name="pen", price=1, stock=10)
    return after_reading(
        lambda _: Product.objects.get(name="pen").stock,
        lambda _, stock: Product.objects.filter(name="pen").update(stock=stock - 1),
    )


def sell_out() -> Work:
    """Return a function that sells out one of two products if the other is in stock."""
    products = {
        name: Product.objects.create(name=name, price=1, stock=1) for name in ("pen", "ink")
    }

    def write(name: str, others: bool) -> None:
        if others:  # by primary key, because an UPDATE locks every row that it scans
            Product.objects.filter(pk=products[name].pk).update(stock=0)

    return after_reading(
        lambda name: Product.objects.exclude(name=name).filter(stock__gt=0).exists(), write
    )


def both(work: Work) -> list[Any]:
    return at_once(lambda name: outcome(lambda: work(name)), ["pen", "ink"], threads=2)


def numbers(results: list[Any]) -> list[int]:
    """Return the error numbers of the OperationalErrors."""
    return [result.args[0] for result in results if isinstance(result, OperationalError)]


def stock() -> int:
    return sum(product.stock or 0 for product in Product.objects.all())


@pytest.mark.parametrize("level", WEAK)
def test_a_weaker_level_loses_an_update(isolation: Callable[..., None], level: str) -> None:
    isolation(level)

    results = both(transaction.atomic(sale()))

    assert (results, stock()) == ([10, 10], 9)


def test_serializable_refuses_the_second_update_as_a_deadlock() -> None:
    results = both(transaction.atomic(sale()))

    assert (numbers(results), stock()) == ([1213], 9)


def test_retried_transactions_lose_no_sale() -> None:
    results = both(retry_transaction(sale()))

    assert (sorted(results), stock()) == ([9, 10], 8)


@pytest.mark.parametrize("level", WEAK)
def test_a_weaker_level_allows_write_skew(isolation: Callable[..., None], level: str) -> None:
    isolation(level)

    results = both(transaction.atomic(sell_out()))

    assert (results, stock()) == ([True, True], 0)


def test_serializable_refuses_write_skew() -> None:
    results = both(transaction.atomic(sell_out()))

    assert (numbers(results), stock()) == ([1213], 1)


def test_retried_transactions_prevent_write_skew() -> None:
    results = both(retry_transaction(sell_out()))

    assert (sorted(results), stock()) == ([False, True], 1)


def test_snapshot_isolation_refuses_the_second_update_with_1020(
    isolation: Callable[..., None],
) -> None:
    isolation("repeatable read", snapshot_isolation="ON")

    results = both(transaction.atomic(sale()))

    assert (numbers(results), stock()) == ([1020], 9)
    [error] = [result for result in results if isinstance(result, OperationalError)]
    assert classify(error) is ErrorKind.CONFLICT


def test_snapshot_isolation_allows_write_skew(isolation: Callable[..., None]) -> None:
    isolation("repeatable read", snapshot_isolation="ON")

    results = both(transaction.atomic(sell_out()))

    assert (results, stock()) == ([True, True], 0)


def test_a_read_outside_of_a_transaction_waits_for_no_lock() -> None:
    Customer.objects.create(name="Carl")

    with transaction.atomic():
        Customer.objects.update(name="Dora")
        [found] = at_once(lambda _: Customer.objects.get().name, [0], threads=1)

    assert (found, Customer.objects.get().name) == ("Carl", "Dora")


def test_a_snapshot_is_consistent_and_does_not_block_writers() -> None:
    Customer.objects.create(name="Carl")

    with connection.snapshot():
        before = Customer.objects.count()
        at_once(lambda name: Customer.objects.create(name=name), ["Dora"], threads=1)
        within = Customer.objects.count()

    assert (before, within, Customer.objects.count()) == (1, 1, 2)
