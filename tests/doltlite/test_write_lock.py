"""One transaction writes at a time: DoltLite isolates transactions by a lock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from bank.models import Customer, Product
from bank.transactions import retry_transaction
from bank.transactions.error_kinds import ErrorKind, classify
from bank.transactions.outcomes import outcomes
from tests.threads import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def open_write(*, seconds: float) -> Iterator[None]:
    """Keep a transaction of another connection open for the block, at most for these seconds."""
    writes, done = Event(), Event()

    def write() -> None:
        with transaction.atomic():
            Customer.objects.create(name="Ada")
            writes.set()
            done.wait(seconds)
        connection.close()

    thread = Thread(target=write)
    thread.start()
    assert writes.wait(5)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_second_writer_waits_and_is_then_refused() -> None:
    began = time.monotonic()

    with (
        open_write(seconds=10),
        pytest.raises(OperationalError, match="locked") as refused,
        transaction.atomic(),
    ):
        pass

    assert 1 <= time.monotonic() - began < 5
    assert classify(refused.value) is ErrorKind.CONFLICT


def test_a_refused_writer_is_retried_until_the_first_has_finished() -> None:
    retried = outcomes.snapshot()["retried"]

    with open_write(seconds=1.5):
        retry_transaction(Customer.objects.create)(name="Bob")

    assert outcomes.snapshot()["retried"] > retried
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ada", "Bob"]


def test_a_reader_does_not_wait_and_sees_only_committed_data() -> None:
    with open_write(seconds=10):
        seen = Customer.objects.count()

    assert (seen, Customer.objects.count()) == (0, 1)


def test_no_update_is_lost_without_explicit_locks() -> None:
    pen = Product.objects.create(name="pen", price=1, stock=200)

    @retry_transaction
    def take_one(_: int) -> None:
        stock = Product.objects.get(pk=pen.pk).stock
        Product.objects.filter(pk=pen.pk).update(stock=stock - 1)

    at_once(take_one, range(200), threads=8)

    pen.refresh_from_db()
    assert pen.stock == 0


def test_two_equal_inserts_with_one_key_are_not_merged() -> None:
    @retry_transaction
    def insert() -> None:
        Customer.objects.create(pk=1000, name="Carl")

    results = at_once(lambda _: outcome(insert), range(2), threads=2)

    assert sorted(type(result) for result in results if result) == [IntegrityError]
    assert Customer.objects.count() == 1
