"""Every error is a problem document that explains it, and nothing was changed."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from bank.api import customers
from bank.transactions import retry as transactions
from tests import faults
from tests.api import Api, problem

MALFORMED = ["abc", "0", "-1", "1.0", "1_0", "1e3", "0x1", "null", "NaN", "٧", "\0", "%", " ", "'"]
OUT_OF_RANGE = ["9223372036854775808", "-9223372036854775809", "9" * 30, "9" * 5000]


@pytest.mark.parametrize("pk", [*MALFORMED, *OUT_OF_RANGE])
def test_a_malformed_or_out_of_range_id_is_a_404(api: Api, kind: str, pk: str) -> None:
    existing = api.some(kind)
    path = f"/{kind}/{quote(pk)}/"

    problem(api.get(path), 404)
    problem(api.put(path, api.body(kind)), 404)
    problem(api.delete(path), 404)

    assert api.list(f"/{kind}/") == [existing]


@pytest.mark.parametrize("form", ["0{}", "+{}", "{}.0", "%20{}", "{}%20", "{}%0A", "{}%00", "{}x"])
def test_an_id_in_another_spelling_is_a_404(api: Api, kind: str, form: str) -> None:
    existing = api.some(kind)
    path = f"/{kind}/{form.format(existing['id'])}/"

    problem(api.get(path), 404)
    problem(api.put(path, api.body(kind)), 404)
    problem(api.delete(path), 404)

    assert api.list(f"/{kind}/") == [existing]


def test_a_deleted_object_is_a_404(api: Api, kind: str) -> None:
    path = f"/{kind}/{api.gone(kind)}/"

    problem(api.get(path), 404)
    problem(api.put(path, api.body(kind)), 404)
    problem(api.delete(path), 404)

    assert api.list(f"/{kind}/") == []


def test_all_errors_of_a_body_are_reported_at_once(api: Api) -> None:
    response = api.post("/product/", {"name": " ", "price": -1, "stock": "x"})

    errors = problem(response, 422)["errors"]
    assert [error["pointer"] for error in errors] == ["#/name", "#/price", "#/stock"]
    assert all(error["detail"] for error in errors)


def test_a_422_explains_each_error(api: Api) -> None:
    carl, pen = api.customer(), api.product()
    name = "A name has at least one visible character, and no NUL."
    wrong: list[tuple[str, Any, str]] = [
        ("/customer/", [], "Must be a JSON object."),
        ("/order/", {"customer": 5}, "Must be a JSON object."),
        ("/order/", {"customer": carl, "products": [7]}, "Must be a JSON object."),
        ("/customer/", {"name": " "}, name),
        ("/customer/", {"name": "a\0"}, name),
        ("/customer/", {"name": 5}, "Must be a text in quotes."),
        ("/customer/", {}, "This is required."),
        ("/product/", {"name": "Pen", "price": 1, "stock": "7"}, "Must be a whole number."),
        ("/product/", {"name": "Pen", "price": 1, "stock": -1}, "At least 0."),
        ("/order/", {"customer": {"id": 1.5}}, "An id is a whole number, or a text in quotes."),
        ("/order/", {"customer": carl, "products": {}}, "Must be a JSON array."),
        ("/product/", {"name": 251 * "x", "price": 1}, "At most 250 characters."),
        ("/product/", {"name": "Pen", "price": 1, "stock": 2**31}, "At most 2147483647."),
        (
            "/order/",
            {"customer": carl, "products": 1001 * [pen]},
            "At most 1000 entries.",
        ),
    ]

    said = [problem(api.post(path, body), 422)["errors"][0]["detail"] for path, body, _ in wrong]

    assert said == [sentence for _, _, sentence in wrong]


def test_an_unexpected_error_is_a_problem_without_a_traceback(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    carl = api.customer()
    api.client.raise_request_exception = False
    monkeypatch.setattr(customers, "read", _broken)

    response = api.get(f"/customer/{carl['id']}/")

    assert "SECRET" not in json.dumps(problem(response, 500))
    assert [r.exc_info is not None for r in caplog.records if r.levelno == logging.ERROR] == [True]


@pytest.mark.django_db(transaction=True)
def test_exhausted_retries_are_a_503(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    api = Api(Client())
    monkeypatch.setattr(transactions, "backoff", lambda attempt: 0.0)

    with faults.at_statement(faults.conflict, times=1000):
        response = api.post("/customer/", {"name": "Carl"})

    assert problem(response, 503)["detail"] == (
        "The database did not accept this in time; nothing was changed. Send it again."
    )
    assert int(response["Retry-After"]) > 0
    assert api.list("/customer/") == []
    assert [r.name for r in caplog.records if " 503 " in r.getMessage()] == ["bank.request_log"]
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]


@pytest.mark.parametrize("wanted", ["bytes=10-9", "bytes=99999999999999999999-"])
def test_an_unsatisfiable_range_is_a_416(client: Client, wanted: str) -> None:
    response = client.get("/static/admin/css/base.css", headers={"Range": wanted})

    assert problem(response, 416)["title"] == HTTPStatus(416).phrase


def _broken(pk: Any) -> Any:
    raise RuntimeError("SECRET")
