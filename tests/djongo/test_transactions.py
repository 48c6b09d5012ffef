"""Transactions, which this engine adds to Djongo: they are MongoDB's."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from bank.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


def names() -> list[str]:
    return list(Customer.objects.order_by("pk").values_list("name", flat=True))


def test_an_error_rolls_back_the_transaction() -> None:
    def rename_and_fail() -> None:
        with transaction.atomic():
            Customer.objects.create(name="Dora")
            Customer.objects.filter(name="Carl").update(name="Emil")
            Customer.objects.filter(name="Ada").delete()
            raise LookupError

    for name in ("Carl", "Ada"):
        Customer.objects.create(name=name)
    with pytest.raises(LookupError):
        rename_and_fail()

    assert names() == ["Carl", "Ada"]


def test_uncommitted_changes_are_visible_only_inside_the_transaction() -> None:
    with transaction.atomic():
        Customer.objects.create(name="Carl")
        inside = names()
        outside = list(connection.connection.client[connection.database.name].customers.find())

    assert (inside, outside) == (["Carl"], [])
    assert names() == ["Carl"]


def test_a_transaction_reads_a_snapshot() -> None:
    Customer.objects.create(name="Carl")

    with transaction.atomic():
        before = names()
        outside = connection.connection.client[connection.database.name]
        outside.customers.update_one({"name": "Carl"}, {"$set": {"name": "Dora"}})
        during = names()

    assert (before, during, names()) == (["Carl"], ["Carl"], ["Dora"])


def test_without_autocommit_the_next_transaction_begins_automatically() -> None:
    transaction.set_autocommit(False)
    try:
        Customer.objects.create(name="Carl")
        transaction.commit()
        Customer.objects.create(name="Dora")
        transaction.rollback()
        Customer.objects.create(name="Emil")
    finally:
        transaction.set_autocommit(True)

    assert names() == ["Carl", "Emil"]


def test_a_key_is_not_reused_after_a_rollback() -> None:
    with transaction.atomic():
        rolled_back = Customer.objects.create(name="Carl").pk
        transaction.set_rollback(True)

    assert Customer.objects.create(name="Dora").pk == rolled_back + 1


def test_without_savepoints_an_inner_error_rolls_back_the_outer_block() -> None:
    def careless() -> None:
        with transaction.atomic():
            Customer.objects.create(name="Carl")
            try:
                with transaction.atomic():
                    raise DatabaseError
            except DatabaseError:
                pass
            Customer.objects.create(name="Dora")

    with pytest.raises(TransactionManagementError):
        careless()

    assert names() == []


def test_a_duplicate_key_aborts_the_transaction() -> None:
    carl = Customer.objects.create(name="Carl")

    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.create(name="Dora")
        Customer.objects.bulk_create([Customer(pk=carl.pk, name="Carl again")])

    assert names() == ["Carl"]
