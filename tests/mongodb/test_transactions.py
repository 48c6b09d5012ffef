"""Which atomic() begins a transaction: the backend's own does, Django's does not."""

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


def test_djangos_atomic_undoes_nothing() -> None:
    with pytest.raises(LookupError), transaction.atomic():
        create_and_fail("Carl")

    assert names() == ["Carl"]


def test_the_backends_own_atomic_undoes_everything() -> None:
    with pytest.raises(LookupError), mongodb.atomic():
        create_and_fail("Carl")

    assert names() == []


def test_a_retried_transaction_is_one_of_the_backends_own() -> None:
    def fail() -> None:
        assert connection.in_atomic_block_mongo
        create_and_fail("Carl")

    with pytest.raises(LookupError):
        retry_transaction(fail)()

    assert names() == []


@pytest.mark.parametrize("atomic", [mongodb.atomic, transaction.atomic])
def test_a_block_inside_of_a_transaction_has_no_savepoint(atomic: object) -> None:
    hooks = []

    @retry_transaction
    def body() -> None:
        transaction.on_commit(lambda: hooks.append("ran"))
        with pytest.raises(LookupError), atomic():  # type: ignore[operator]
            create_and_fail("Carl")
        Customer.objects.create(name="Dora")

    body()

    assert (names(), hooks) == (["Carl", "Dora"], ["ran"])


def test_a_duplicate_key_ends_the_whole_transaction() -> None:
    store("one")

    with pytest.raises(OperationalError, match="transaction"), mongodb.atomic():
        Customer.objects.create(name="Carl")
        with pytest.raises(IntegrityError):
            store("one")
        Customer.objects.create(name="Dora")

    assert names() == []


def test_the_backends_own_atomic_is_no_place_for_a_retried_transaction() -> None:
    create = retry_transaction(Customer.objects.create)

    with pytest.raises(NestedTransaction), mongodb.atomic():
        create(name="Carl")
    with pytest.raises(RuntimeError, match="durable"), mongodb.atomic():
        transaction.atomic(durable=True).__enter__()
    create(name="Dora")

    assert names() == ["Dora"]


def test_after_a_commit_that_failed_the_next_transaction_is_a_new_one() -> None:
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
