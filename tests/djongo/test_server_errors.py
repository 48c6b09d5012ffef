"""Errors of the server itself, and an unreachable server."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pymongo.client_session import ClientSession
from pymongo.cursor import Cursor
from pymongo.errors import AutoReconnect
from pytest_django import Settings

from bank.errors import AmbiguousCommit
from bank.models import Customer
from bank.transactions import retry_transaction
from bank.transactions.outcomes import outcomes
from tests.api import Api

pytestmark = pytest.mark.django_db(transaction=True)


def outside():
    """Return the same database, outside of the transaction."""
    return connection.connection.client[connection.database.name]


def closed(*arguments: object) -> None:
    raise AutoReconnect("connection closed")


@pytest.mark.parametrize("caught", [False, True])
def test_a_write_conflict_runs_the_body_again_on_the_current_data(caught: bool) -> None:
    carl = Customer.objects.create(name="Carl")
    changes = iter([{"$set": {"name": "Dora"}}])
    retried = outcomes.snapshot()["retried"]

    @retry_transaction
    def body() -> None:
        name = Customer.objects.get(pk=carl.pk).name
        for change in changes:
            outside().customers.update_one({"id": carl.pk}, change)
        try:
            Customer.objects.filter(pk=carl.pk).update(name=name + "!")
        except OperationalError:
            if not caught:
                raise

    body()

    assert Customer.objects.get().name == "Dora!"
    assert outcomes.snapshot()["retried"] - retried == 1


def test_a_commit_with_an_unknown_result_is_ambiguous() -> None:
    commit = ClientSession.commit_transaction

    def unanswered(session: ClientSession) -> None:
        commit(session)
        error = AutoReconnect("connection closed")
        error._add_error_label("UnknownTransactionCommitResult")
        raise error

    with (
        patch.object(ClientSession, "commit_transaction", unanswered),
        pytest.raises(AmbiguousCommit),
    ):
        retry_transaction(Customer.objects.create)(name="Carl")

    assert Customer.objects.get().name == "Carl"


def test_a_failed_commit_does_not_affect_the_next_transaction() -> None:
    with (
        patch.object(ClientSession, "commit_transaction", closed),
        pytest.raises(AmbiguousCommit),
    ):
        retry_transaction(Customer.objects.create)(name="Carl")

    retry_transaction(Customer.objects.create)(name="Dora")

    assert Customer.objects.get().name == "Dora"


def test_a_lost_cursor_is_an_operational_error() -> None:
    Customer.objects.bulk_create([Customer(name=str(number)) for number in range(300)])
    rows = Customer.objects.order_by("pk").iterator(chunk_size=10)
    next(rows)

    with patch.object(Cursor, "next", closed), pytest.raises(OperationalError):
        list(rows)


def test_closing_a_connection_keeps_the_shared_client_open() -> None:
    client = connection.database.client
    connection.close()

    assert Customer.objects.count() == 0
    assert connection.database.client is client


def test_an_unreachable_database_is_a_503_with_retry_after(
    settings: Settings,
) -> None:
    api, settings.REQUEST_DEADLINE = Api(Client()), 1
    connection.close()
    unreachable = {"HOST": "mongodb://127.0.0.1:1/", "OPTIONS": {"serverSelectionTimeoutMS": 50}}
    with patch.dict(connection.settings_dict, unreachable):
        health, read = api.get("/health/"), api.get("/customer/")
        written = api.post("/customer/", {"name": "Carl"})
        connection.close()

    assert (health.status_code, health.json()["ok"]) == (503, False)
    assert [(r.status_code, r["Retry-After"]) for r in (read, written)] == [(503, "1")] * 2
    assert "MongoDB " in api.get("/health/").json()["server"]


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_request_whose_deadline_has_passed_is_a_503(settings: Settings, seconds: float) -> None:
    api, settings.REQUEST_DEADLINE = Api(Client()), seconds

    read, written = api.get("/customer/"), api.post("/customer/", {"name": "Carl"})

    assert [(r.status_code, r["Retry-After"]) for r in (read, written)] == [(503, "1")] * 2
