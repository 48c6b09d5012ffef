"""CockroachDB's own 40001, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction

from backends.postgresql.errors import sqlstate
from bank.models import Customer, Product
from bank.transactions import retry_transaction
from bank.transactions.error_kinds import causes
from bank.transactions.outcomes import outcomes
from tests.threads import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def inject() -> Iterator[None]:
    """The server refuses every statement of a transaction, until its session says `off`.

    https://www.cockroachlabs.com/docs/stable/transaction-retry-error-example
    """
    set_injection("on")
    yield
    connection.close()


def set_injection(state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET inject_retry_errors_enabled = {state}")


def sqlstates(error: BaseException) -> list[str | None]:
    return [sqlstate(cause) for cause in causes(error)]


def test_a_refusal_of_the_server_is_a_40001(inject: None) -> None:
    with pytest.raises(OperationalError, match="restart transaction") as refusal:
        transaction.atomic(Customer.objects.create)(name="Carl")

    assert "40001" in sqlstates(refusal.value)


def test_what_the_server_refuses_is_run_again(inject: None) -> None:
    runs: list[str] = []
    retried = outcomes.snapshot()["retried"]

    @retry_transaction
    def third_time_lucky() -> None:
        runs.append("run")
        if len(runs) == 3:
            set_injection("off")
        Customer.objects.create(name="Carl")

    third_time_lucky()

    assert (len(runs), outcomes.snapshot()["retried"] - retried) == (3, 2)
    assert Customer.objects.count() == 1


def test_of_two_who_read_before_they_write_one_is_refused() -> None:
    pen = Product.objects.create(name="pen", price=1, stock=2)
    both_have_read = Barrier(2)

    @transaction.atomic
    def sell(_: int) -> None:
        stock = Product.objects.values_list("stock", flat=True).get(pk=pen.pk)  # no FOR UPDATE
        both_have_read.wait(timeout=5)
        Product.objects.filter(pk=pen.pk).update(stock=(stock or 0) - 1)

    results = at_once(lambda number: outcome(lambda: sell(number)), [1, 2], threads=2)

    refused = [result for result in results if isinstance(result, OperationalError)]
    assert ["40001" in sqlstates(error) for error in refused] == [True]
    assert Product.objects.get(pk=pen.pk).stock == 1
