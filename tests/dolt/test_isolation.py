"""A transaction reads a snapshot of the data at its beginning, and its own writes."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from bank.models import Customer, Product
from bank.transactions import retry_transaction
from tests.dolt.concurrent_commits import commit_concurrently
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def names() -> list[str]:
    return list(Customer.objects.order_by("pk").values_list("name", flat=True))


@pytest.mark.parametrize("level", ["REPEATABLE READ", "READ COMMITTED"])
def test_every_isolation_level_reads_a_snapshot(level: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")
    try:
        with transaction.atomic():
            before = names()
            at_once(lambda name: Customer.objects.create(name=name), ["Carl"], threads=1)
            within = names()
    finally:
        connection.close()

    assert (before, within, names()) == ([], [], ["Carl"])


def test_write_skew_is_not_prevented() -> None:
    # Two sellers each leave the last product to the other; SERIALIZABLE would refuse one of them.
    for name in ("pen", "ink"):
        Product.objects.create(name=name, price=1, stock=1)

    @retry_transaction
    def sell_out(name: str) -> bool:
        others = Product.objects.exclude(name=name).filter(stock__gt=0).exists()
        if others:
            Product.objects.filter(name=name).update(stock=0)
        return others

    results = commit_concurrently(lambda: sell_out("pen"), lambda: sell_out("ink"))

    assert results == [True, True]
    assert not Product.objects.filter(stock__gt=0).exists()


def test_an_error_in_an_inner_block_rolls_back_only_the_inner_block() -> None:
    with transaction.atomic():
        Customer.objects.create(name="Carl")
        try:
            with transaction.atomic():
                Customer.objects.create(name="Dora")
                raise LookupError
        except LookupError:
            pass
        Customer.objects.create(name="Emil")

    assert names() == ["Carl", "Emil"]
