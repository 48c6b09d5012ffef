"""Errors that PostgreSQL itself sends, and connections that it closes."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from bank.errors import AmbiguousCommit, SwallowedError
from bank.models import Customer
from bank.transactions import retry_transaction
from tests.api import Api
from tests.proxy import proxied

pytestmark = pytest.mark.django_db(transaction=True)
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
REFUSE = "DO $$ BEGIN RAISE EXCEPTION 'restart transaction' USING ERRCODE = '40001'; END $$"
END_OWN_CONNECTION = "SELECT pg_terminate_backend(pg_backend_pid())"


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def first_time(sql: str) -> list[str]:
    """Return a list from which the first attempt pops this statement, and later ones nothing."""
    return [sql]


def names() -> list[str]:
    return list(Customer.objects.values_list("name", flat=True))


@pytest.mark.parametrize("sql", [REFUSE, END_OWN_CONNECTION], ids=["40001", "connection ended"])
def test_the_body_runs_again_after_a_refusal(sql: str) -> None:
    waiting = first_time(sql)

    @retry_transaction
    def create() -> None:
        Customer.objects.create(name="Carl")
        while waiting:
            execute(waiting.pop())

    create()

    assert names() == ["Carl"]


def test_a_40001_that_the_body_caught_is_retried() -> None:
    # After an error PostgreSQL ignores what follows (25P02) and turns COMMIT into ROLLBACK.
    waiting = first_time(REFUSE)

    @retry_transaction
    def create() -> None:
        Customer.objects.create(name="Carl")
        try:
            while waiting:
                execute(waiting.pop())
        except DatabaseError:
            pass

    create()

    assert names() == ["Carl"]


def test_a_transaction_whose_error_was_caught_is_not_reported_as_committed() -> None:
    @retry_transaction
    def create() -> None:
        Customer.objects.create(name="Carl")
        with suppress(DatabaseError):
            execute("SELECT 1/0")

    with pytest.raises(SwallowedError, match="savepoint") as error:
        create()

    assert names() == []
    assert "division by zero" in str(error.value.__cause__)


def test_an_error_rolled_back_to_a_savepoint_may_be_caught() -> None:
    @retry_transaction
    def create() -> None:
        Customer.objects.create(name="Carl")
        with suppress(DatabaseError), transaction.atomic():
            Customer.objects.create(name="Dora")
            execute("SELECT 1/0")

    create()

    assert names() == ["Carl"]


def test_a_transaction_marked_for_rollback_is_not_reported_as_committed() -> None:
    @retry_transaction
    def create() -> None:
        Customer.objects.create(name="Carl")
        with suppress(LookupError), transaction.atomic(savepoint=False):
            raise LookupError

    with pytest.raises(SwallowedError):
        create()

    assert names() == []


@pytest.mark.parametrize(("cut", "stored"), [("before", []), ("after", ["Carl"])])
def test_a_commit_without_an_answer_is_ambiguous(cut: str, stored: list[str]) -> None:
    with proxied() as proxy:
        connection.ensure_connection()
        proxy.cut = cut

        with pytest.raises(AmbiguousCommit):
            retry_transaction(Customer.objects.create)(name="Carl")

    assert names() == stored


@pytest.mark.parametrize("cut", ["before", "after"])
def test_with_a_key_a_commit_without_an_answer_is_executed_once(cut: str) -> None:
    api = Api(Client())
    with proxied() as proxy:
        connection.ensure_connection()
        proxy.cut = cut

        response = api.post("/customer/", {"name": "Carl"}, **KEY)

    assert response.status_code == 200
    assert api.get("/customer/").json() == [response.json()]


def test_an_unreachable_database_is_a_503_with_retry_after() -> None:
    api = Api(Client())
    connection.close()
    host = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        health, customers = api.get("/health/"), api.get("/customer/")
    finally:
        connection.settings_dict["HOST"] = host

    assert (health.status_code, health.json()["ok"]) == (503, False)
    assert (customers.status_code, customers["Retry-After"]) == (503, "1")
    assert customers["Content-Type"] == "application/problem+json"
    assert api.get("/health/").json()["server"].startswith("PostgreSQL ")
