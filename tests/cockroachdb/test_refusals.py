"""Serialization failures (40001) that CockroachDB itself raises."""

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
    """Let the server refuse every statement of a transaction, until set_injection("off").

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


def test_a_serialization_failure_is_a_40001(inject: None) -> None:
    with pytest.raises(OperationalError, match="restart transaction") as refusal:
        transaction.atomic(Customer.objects.create)(name="Carl")

    assert "40001" in sqlstates(refusal.value)


def test_a_refused_transaction_is_retried(inject: None) -> None:
    runs: list[str] = []
    retried = outcomes.snapshot()["retried"]

    @retry_transaction
    def succeed_at_third_run() -> None:
        runs.append("run")
        if len(runs) == 3:
            set_injection("off")
        Customer.objects.create(name="Carl")

    succeed_at_third_run()

    assert (len(runs), outcomes.snapshot()["retried"] - retried) == (3, 2)
    assert Customer.objects.count() == 1


def test_one_of_two_concurrent_read_then_write_transactions_is_refused() -> None:
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
