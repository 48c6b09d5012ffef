"""The backend's own atomic() begins a transaction; Django's does not."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django_mongodb_backend import transaction as mongodb

from bank.errors import NestedTransaction
from bank.models import Customer, IdempotencyRecord
from bank.transactions import retry_transaction
from tests import faults

pytestmark = pytest.mark.django_db(transaction=True)


def names() -> list[str]:
    return sorted(Customer.objects.values_list("name", flat=True))


def create_and_fail(name: str) -> None:
    Customer.objects.create(name=name)
    raise LookupError(name)


def store(key: str) -> IdempotencyRecord:
    return IdempotencyRecord.objects.create(client="ann", key=key, request="", body="", location="")


def test_djangos_atomic_rolls_nothing_back() -> None:
    with pytest.raises(LookupError), transaction.atomic():
        create_and_fail("Carl")

    assert names() == ["Carl"]


def test_the_backends_atomic_rolls_everything_back() -> None:
    with pytest.raises(LookupError), mongodb.atomic():
        create_and_fail("Carl")

    assert names() == []


def test_a_retried_transaction_uses_the_backends_atomic() -> None:
    def fail() -> None:
        assert connection.in_atomic_block_mongo
        create_and_fail("Carl")

    with pytest.raises(LookupError):
        retry_transaction(fail)()

    assert names() == []


@pytest.mark.parametrize("atomic", [mongodb.atomic, transaction.atomic])
def test_a_nested_block_has_no_savepoint(atomic: object) -> None:
    hooks = []

    @retry_transaction
    def body() -> None:
        transaction.on_commit(lambda: hooks.append("ran"))
        with pytest.raises(LookupError), atomic():  # type: ignore[operator]
            create_and_fail("Carl")
        Customer.objects.create(name="Dora")

    body()

    assert (names(), hooks) == (["Carl", "Dora"], ["ran"])


def test_a_duplicate_key_aborts_the_transaction() -> None:
    store("one")

    with pytest.raises(OperationalError, match="transaction"), mongodb.atomic():
        Customer.objects.create(name="Carl")
        with pytest.raises(IntegrityError):
            store("one")
        Customer.objects.create(name="Dora")

    assert names() == []


def test_a_retried_transaction_inside_the_backends_atomic_is_refused() -> None:
    create = retry_transaction(Customer.objects.create)

    with pytest.raises(NestedTransaction), mongodb.atomic():
        create(name="Carl")
    with pytest.raises(RuntimeError, match="durable"), mongodb.atomic():
        transaction.atomic(durable=True).__enter__()
    create(name="Dora")

    assert names() == ["Dora"]


def test_a_failed_commit_does_not_affect_the_next_transaction() -> None:
    hooks: list[str] = []

    def create(name: str) -> None:
        with mongodb.atomic():
            transaction.on_commit(lambda: hooks.append(name))
            Customer.objects.create(name=name)

    with faults.at_commit(faults.lost), pytest.raises(OperationalError):
        create("Carl")
    create("Dora")

    assert (names(), hooks) == (["Dora"], ["Dora"])
    assert connection.session is None
