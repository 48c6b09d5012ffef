"""Errors of the server itself, and an unreachable server."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test import Client
from pymongo.command_cursor import CommandCursor
from pymongo.errors import AutoReconnect
from pytest_django import Settings

from bank.errors import AmbiguousCommit
from bank.models import Customer, IdempotencyRecord
from bank.transactions import retry_transaction
from bank.transactions.error_kinds import broken_constraint
from bank.transactions.outcomes import outcomes
from tests import faults
from tests.api import Api

pytestmark = pytest.mark.django_db(transaction=True)


def conflict_once(customer: Customer) -> Callable[[], None]:
    """Return a function whose first call writes to the customer outside of the transaction."""
    outside = iter([connection.database.customers.update_one])

    def write() -> None:
        for update in outside:
            update({"_id": customer.pk}, {"$set": {"name": "Dora"}})

    return write


def rename(customer: Customer, suffix: str) -> None:
    name = Customer.objects.get(pk=customer.pk).name
    Customer.objects.filter(pk=customer.pk).update(name=name + suffix)


@pytest.mark.parametrize("caught", [False, True])
def test_a_write_conflict_runs_the_body_again_on_the_current_data(caught: bool) -> None:
    carl = Customer.objects.create(name="Carl")
    write_outside = conflict_once(carl)
    retried = outcomes.snapshot()["retried"]

    @retry_transaction
    def body() -> None:
        Customer.objects.get(pk=carl.pk)  # begins the snapshot
        write_outside()
        try:
            rename(carl, "!")
        except OperationalError:
            if not caught:
                raise

    body()

    assert Customer.objects.get().name == "Dora!"
    assert outcomes.snapshot()["retried"] - retried == 1


def test_a_commit_with_an_unknown_result_is_ambiguous() -> None:
    def unknown() -> Exception:
        error = AutoReconnect("connection closed")
        error._add_error_label("UnknownTransactionCommitResult")
        return error

    create = retry_transaction(Customer.objects.create)

    with faults.at_commit(unknown, committed=True), pytest.raises(AmbiguousCommit):
        create(name="Carl")

    assert Customer.objects.count() == 1


def test_a_violated_unique_constraint_is_named() -> None:
    def store() -> None:
        IdempotencyRecord.objects.create(client="ann", key="one", request="", body="", location="")

    store()
    with pytest.raises(IntegrityError) as caught:
        store()

    assert broken_constraint(caught.value) == "stored_answer_once_per_key"


def test_a_lost_cursor_is_an_operational_error() -> None:
    Customer.objects.bulk_create([Customer(name=str(number)) for number in range(300)])
    rows = Customer.objects.order_by("pk").iterator(chunk_size=10)
    next(rows)

    with patch.object(CommandCursor, "next", _closed), pytest.raises(OperationalError):
        list(rows)


def _closed(cursor: object) -> None:
    raise AutoReconnect("connection closed")


def test_an_unreachable_database_is_a_503_with_retry_after(
    settings: Settings,
) -> None:
    api, settings.REQUEST_DEADLINE = Api(Client()), 1
    connection.close_pool()
    unreachable = {"HOST": "mongodb://127.0.0.1:1/", "OPTIONS": {"serverSelectionTimeoutMS": 50}}
    with patch.dict(connection.settings_dict, unreachable):
        health, read = api.get("/health/"), api.get("/customer/")
        written = api.post("/customer/", {"name": "Carl"})
        connection.close_pool()

    assert (health.status_code, health.json()["ok"]) == (503, False)
    assert [(r.status_code, r["Retry-After"]) for r in (read, written)] == [(503, "1")] * 2
    assert "MongoDB " in api.get("/health/").json()["server"]


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_request_whose_deadline_has_passed_is_a_503(settings: Settings, seconds: float) -> None:
    api, settings.REQUEST_DEADLINE = Api(Client()), seconds

    read, written = api.get("/customer/"), api.post("/customer/", {"name": "Carl"})

    assert [(r.status_code, r["Retry-After"]) for r in (read, written)] == [(503, "1")] * 2
