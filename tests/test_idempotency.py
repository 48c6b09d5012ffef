"""A request that comes twice with the same Idempotency-Key is executed once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from bank.models import StoredAnswer
from tests import faults
from tests.api import Api
from tests.threads import at_once

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def test_the_same_request_again_gets_the_same_answer_and_changes_nothing(api: Api) -> None:
    first = api.post("/customer/", {"name": "Carl"}, **KEY)

    again = api.post("/customer/", {"name": "Carl"}, **KEY)

    assert (again.status_code, again.json()) == (200, first.json())
    assert again["Location"] == first["Location"]
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


def test_another_key_is_another_request(api: Api) -> None:
    ids = {
        api.post("/customer/", {"name": "Carl"}, **{"Idempotency-Key": key}).json()["id"]
        for key in ("one", "two", "ONE")
    }

    assert len(ids) == 3


def test_the_keys_of_two_callers_do_not_meet(api: Api, settings: Any) -> None:
    settings.API_TOKENS = {"ann": "ann", "bob": "bob"}

    ids = {
        api.post("/customer/", {"name": "Carl"}, Authorization=f"Bearer {who}", **KEY).json()["id"]
        for who in ("ann", "bob")
    }

    assert len(ids) == 2


@pytest.mark.parametrize("key", ["", "k" * 256, "two words", "\u00e9"])
def test_a_key_that_is_no_key_is_refused(api: Api, key: str) -> None:
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
def test_twins_at_the_same_moment_are_one_request() -> None:
    api = Api(Client())

    def send(_: int) -> Any:
        return api.post("/customer/", {"name": "Carl"}, **KEY).json()

    answers = at_once(send, range(40), threads=8)

    assert [answers[0]] * 40 == answers
    assert api.get("/customer/").json() == [answers[0]]


def test_old_answers_can_be_forgotten(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api.post("/customer/", {"name": "Carl"}, **KEY)

    call_command("bank_forget_answers", days=1)
    kept = StoredAnswer.objects.count()
    call_command("bank_forget_answers", days=0)

    assert (kept, StoredAnswer.objects.count()) == (1, 0)
    assert capsys.readouterr().out == "0 stored answers forgotten\n1 stored answers forgotten\n"
