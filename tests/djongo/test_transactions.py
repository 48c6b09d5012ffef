"""Djongo has no transactions; with this engine they are MongoDB's."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from bank.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


def names() -> list[str]:
    return list(Customer.objects.order_by("pk").values_list("name", flat=True))


def test_what_was_done_before_an_error_is_undone() -> None:
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


def test_what_is_not_committed_is_seen_inside_only() -> None:
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
        elsewhere = connection.connection.client[connection.database.name]
        elsewhere.customers.update_one({"name": "Carl"}, {"$set": {"name": "Dora"}})
        during = names()

    assert (before, during, names()) == (["Carl"], ["Carl"], ["Dora"])


def test_without_autocommit_the_next_transaction_begins_by_itself() -> None:
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


def test_keys_go_on_after_a_rollback_as_those_of_a_sequence_do() -> None:
    with transaction.atomic():
        undone = Customer.objects.create(name="Carl").pk
        transaction.set_rollback(True)

    assert Customer.objects.create(name="Dora").pk == undone + 1


def test_there_are_no_savepoints_so_an_inner_error_ends_all_of_it() -> None:
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


def test_a_duplicate_key_ends_the_whole_transaction() -> None:
    carl = Customer.objects.create(name="Carl")

    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.create(name="Dora")
        Customer.objects.bulk_create([Customer(pk=carl.pk, name="Carl again")])

    assert names() == ["Carl"]
