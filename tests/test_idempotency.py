"""A request that is repeated with the same Idempotency-Key is executed once."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from bank.api import idempotency_records
from bank.models import IdempotencyRecord
from tests import faults
from tests.api import Api
from tests.threads import at_once

REQUEST = ("/customer/", '{"name": "Carl"}')
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def headers(response: HttpResponse) -> dict[str, str]:
    """Return the headers, except those that differ in every response."""
    return {
        name: value
        for name, value in response.items()
        if name.lower() not in ("date", "x-request-id", "dolt-commit")
    }


def age(by: timedelta) -> None:
    """Make all stored answers older by this time."""
    IdempotencyRecord.objects.update(created=timezone.now() - by)


def test_the_same_request_again_gets_the_same_answer_and_changes_nothing(api: Api) -> None:
    first = api.post("/customer/", {"name": "Carl"}, **KEY)

    again = api.post("/customer/", {"name": "Carl"}, **KEY)

    assert (again.status_code, again.content) == (200, first.content)
    assert headers(again) == headers(first)
    assert {"Content-Type", "ETag", "Location"} <= set(headers(first))
    assert len(api.get("/customer/").json()) == 1


def test_an_order_that_is_sent_twice_takes_stock_once(api: Api) -> None:
    customer, pen = api.customer(), api.product(stock=5)
    order = {"customer": customer, "products": [{"id": pen["id"], "quantity": 2}]}

    answers = [api.post("/order/", order, **KEY).json() for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert api.stock(pen) == 3


def test_the_same_key_with_another_body_is_refused(api: Api) -> None:
    api.post("/customer/", {"name": "Carl"}, **KEY)

    other = api.post("/customer/", {"name": "Dora"}, **KEY)

    assert (other.status_code, other["Content-Type"]) == (422, "application/problem+json")
    assert [customer["name"] for customer in api.get("/customer/").json()] == ["Carl"]


def test_the_same_key_at_another_path_is_refused(api: Api) -> None:
    api.post("/customer/", {"name": "Pen", "price": 1}, **KEY)

    assert api.post("/product/", {"name": "Pen", "price": 1}, **KEY).status_code == 422


def test_a_request_with_another_key_is_executed(api: Api) -> None:
    ids = {
        api.post("/customer/", {"name": "Carl"}, **{"Idempotency-Key": key}).json()["id"]
        for key in ("one", "two", "ONE")
    }

    assert len(ids) == 3


def test_two_clients_may_use_the_same_key(api: Api, settings: Any) -> None:
    settings.API_TOKENS = {"ann": "ann", "bob": "bob"}

    ids = {
        api.post("/customer/", {"name": "Carl"}, Authorization=f"Bearer {who}", **KEY).json()["id"]
        for who in ("ann", "bob")
    }

    assert len(ids) == 2


def test_the_key_of_a_client_outlives_its_token(api: Api, settings: Any) -> None:
    def post(token: str) -> HttpResponse:
        return api.post("/customer/", {"name": "Carl"}, Authorization=f"Bearer {token}", **KEY)

    settings.API_TOKENS = {"old": "shop"}
    first = post("old")
    settings.API_TOKENS = {"new": "shop", "old": "other shop"}
    again, of_another_client = post("new"), post("old")

    assert (again.content, headers(again)) == (first.content, headers(first))
    assert of_another_client.json()["id"] != first.json()["id"]


@pytest.mark.parametrize("key", ["", "k" * 256, "two words", "\u00e9"])
def test_an_invalid_key_is_refused(api: Api, key: str) -> None:
    response = api.post("/customer/", {"name": "Carl"}, **{"Idempotency-Key": key})

    assert response.status_code == 422
    assert response.json()["errors"][0]["header"] == "Idempotency-Key"
    assert api.get("/customer/").json() == []


def test_an_error_is_not_stored_and_the_next_try_may_succeed(api: Api) -> None:
    customer, pen = api.customer(), api.product(stock=0)
    order = {"customer": customer, "products": [pen]}
    assert api.post("/order/", order, **KEY).status_code == 409
    api.put(f"/product/{pen['id']}/", {**pen, "stock": 1})

    assert api.post("/order/", order, **KEY).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("committed", [True, False])
def test_after_an_ambiguous_commit_the_request_is_executed_once(committed: bool) -> None:
    api = Api(Client())

    with faults.at_commit(faults.lost, committed=committed):
        response = api.post("/customer/", {"name": "Carl"}, **KEY)

    assert response.status_code == 200
    assert api.get("/customer/").json() == [response.json()]


@pytest.mark.django_db(transaction=True)
def test_without_a_key_an_ambiguous_commit_is_a_503_that_says_so() -> None:
    api = Api(Client())

    with faults.at_commit(faults.lost, committed=True):
        response = api.post("/customer/", {"name": "Carl"})

    assert (response.status_code, "Retry-After" in response) == (503, False)
    assert "Idempotency-Key" in response.json()["detail"]


@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_with_one_key_are_executed_once() -> None:
    api = Api(Client())

    def send(_: int) -> Any:
        return api.post("/customer/", {"name": "Carl"}, **KEY).json()

    answers = at_once(send, range(40), threads=8)

    assert [answers[0]] * 40 == answers
    assert api.get("/customer/").json() == [answers[0]]


def test_old_answers_can_be_deleted(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api.post("/customer/", {"name": "Carl"}, **KEY)

    call_command("bank_forget_answers", days=1)
    kept = IdempotencyRecord.objects.count()
    call_command("bank_forget_answers", days=0)

    assert (kept, IdempotencyRecord.objects.count()) == (1, 0)
    assert (
        capsys.readouterr().out == "0 idempotency records deleted\n1 idempotency records deleted\n"
    )


@pytest.mark.parametrize("days", ["-1", "nan", "inf", "1e9"])
def test_an_invalid_number_of_days_is_refused(api: Api, days: str) -> None:
    api.post("/customer/", {"name": "Carl"}, **KEY)

    with pytest.raises(CommandError, match="--days must be a number from 0 to 36500"):
        call_command("bank_forget_answers", f"--days={days}")

    assert IdempotencyRecord.objects.exists()


MINUTE = timedelta(minutes=1)


def test_an_answer_is_replayed_until_it_expires_and_not_after(api: Api, settings: Any) -> None:
    body = {"name": "Carl"}
    first = api.post("/customer/", body, **KEY).json()

    age(settings.IDEMPOTENCY_KEY_LIFETIME - MINUTE)
    before = api.post("/customer/", body, **KEY).json()
    age(settings.IDEMPOTENCY_KEY_LIFETIME + MINUTE)
    after = api.post("/customer/", body, **KEY).json()
    again = api.post("/customer/", body, **KEY).json()

    assert (before, again) == (first, after)
    assert after["id"] != first["id"]


def test_an_expired_key_may_come_with_another_request(api: Api, settings: Any) -> None:
    api.post("/customer/", {"name": "Carl"}, **KEY)
    age(settings.IDEMPOTENCY_KEY_LIFETIME + MINUTE)

    assert api.post("/customer/", {"name": "Dora"}, **KEY).json()["name"] == "Dora"


def test_the_command_deletes_all_expired_answers(
    api: Api, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(idempotency_records, "BATCH", 2)
    for number in range(5):
        api.post("/customer/", {"name": "Carl"}, **{"Idempotency-Key": f"old-{number}"})
    api.post("/customer/", {"name": "Carl"}, **{"Idempotency-Key": "new"})
    age(settings.IDEMPOTENCY_KEY_LIFETIME + MINUTE)
    IdempotencyRecord.objects.filter(key="new").update(created=timezone.now())

    call_command("bank_forget_answers")

    assert capsys.readouterr().out == "5 idempotency records deleted\n"
    assert IdempotencyRecord.objects.get().key == "new"


def test_requests_delete_expired_answers_in_small_batches(
    api: Api, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        api.post("/customer/", {"name": "Carl"}, **{"Idempotency-Key": f"old-{number}"})
    age(settings.IDEMPOTENCY_KEY_LIFETIME + MINUTE)
    monkeypatch.setattr(idempotency_records, "EVERY", 1)
    monkeypatch.setattr(idempotency_records, "BATCH", 2)
    left = []

    for number in range(3):
        api.post("/customer/", {"name": "Carl"}, **{"Idempotency-Key": f"new-{number}"})
        left.append(IdempotencyRecord.objects.filter(key__startswith="old").count())

    assert left == [3, 1, 0]
    assert IdempotencyRecord.objects.count() == 3


def test_expired_answers_are_deleted_faster_than_new_ones_are_stored(
    api: Api, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency_records, "_requests", itertools.count())
    IdempotencyRecord.objects.bulk_create(
        IdempotencyRecord(client="ann", key=f"old-{number}", request="", body="", location="")
        for number in range(idempotency_records.EVERY + 2)
    )
    age(settings.IDEMPOTENCY_KEY_LIFETIME + MINUTE)

    api.post("/customer/", {"name": "Carl"}, **KEY)

    assert IdempotencyRecord.objects.filter(key__startswith="old").count() <= 1


@pytest.mark.django_db(transaction=True)
def test_a_request_succeeds_even_if_expired_answers_cannot_be_deleted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(idempotency_records, "EVERY", 1)
    monkeypatch.setattr(idempotency_records, "expiry", lambda: "not a datetime")

    response = Api(Client()).post("/customer/", {"name": "Carl"}, **KEY)

    assert response.status_code == 200
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING] == [
        "Expired idempotency records were not deleted; will retry."
    ]


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_was_stored_before_compression_is_still_replayed() -> None:
    def migrate(*targets: tuple[str, str]) -> Any:
        executor = MigrationExecutor(connection)
        executor.migrate(list(targets or executor.loader.graph.leaf_nodes()))
        return executor.loader.project_state(list(targets)).apps

    api = Api(Client())
    first = api.post("/customer/", {"name": "Carl"}, **KEY)
    stored = IdempotencyRecord.objects.values("client", "key", "request", "location").get()
    IdempotencyRecord.objects.all().delete()
    old = migrate(("bank", "0004_product_stock_limits")).get_model("bank", "StoredAnswer")
    old.objects.create(**stored, body=first.content.decode())

    migrate()
    again = api.post("/customer/", {"name": "Carl"}, **KEY)

    assert (again.content, headers(again)) == (first.content, headers(first))


@pytest.mark.django_db(transaction=True)
def test_a_repeat_during_the_first_request_gets_its_answer() -> None:
    api = Api(Client())

    def send() -> Any:
        try:
            return Api(Client()).post(*REQUEST, **KEY).json()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        others: list[Future[Any]] = []

        def overtake(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            result = execute(sql, *rest)
            if not others and "stored_answers" in str(sql):
                others.append(pool.submit(send))
                wait(others, timeout=1)  # seconds; where one writes at a time it waits for this
            return result

        with connection.execute_wrapper(overtake):
            response = api.client.post(*REQUEST, "application/json", headers=KEY)

    assert response.json() == others[0].result()
    assert api.list("/customer/") == [response.json()]
