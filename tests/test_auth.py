"""API_TOKENS: clients need a token, except monitors; the refusal says how to send one."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from pytest_django import Settings

from tests.api import Api, problem

RIGHT = "Bearer s3cret-token"
OTHER = "Bearer an-other-token"
TOKENS = {"s3cret-token": "ann", "an-other-token": "bob"}
CLOSED = [
    *[("GET", f"/{kind}/") for kind in ("customer", "product", "order")],
    *[("POST", f"/{kind}/") for kind in ("customer", "product", "order")],
    *[(method, "/customer/x/") for method in ("GET", "PUT", "DELETE")],
    *[(method, "/product/x/") for method in ("GET", "PUT", "DELETE")],
    *[(method, "/order/x/") for method in ("GET", "PUT", "DELETE")],
    *[("GET", path) for path in ("/customer", "/openapi.json", "/docs")],
    *[("HEAD", path) for path in ("/customer/", "/openapi.json")],
]
WRONG = {
    "none": "",
    "another": "Bearer wrong",
    "beginning of one": RIGHT[:-1],
    "more than one": RIGHT + "s",
    "in another case": RIGHT.upper(),
    "two joined": f"{RIGHT},an-other-token",
    "without a scheme": "s3cret-token",
    "of another scheme": "Basic s3cret-token",
    "nothing after the scheme": "Bearer",
    "a blank after the scheme": "Bearer ",
    "not ASCII": "Bearer sécret",
}


@pytest.fixture
def closed(settings: Settings) -> None:
    settings.API_TOKENS = TOKENS


def refused(response: Any) -> bool:
    problem(response, 401)
    return str(response["WWW-Authenticate"]) == "Bearer"


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_calls_without_a_token_are_refused(api: Api, closed: None, method: str, path: str) -> None:
    response = api.client.generic(method, path, b'{"name": "Carl"}')

    assert refused(response)


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_calls_with_a_token_are_accepted(api: Api, closed: None, method: str, path: str) -> None:
    response = api.client.generic(method, path, b"{}", headers={"Authorization": RIGHT})

    assert response.status_code in (200, 404, 422)
    assert "WWW-Authenticate" not in response


@pytest.mark.parametrize("authorization", WRONG.values(), ids=WRONG)
def test_an_invalid_token_is_refused_and_changes_nothing(
    api: Api, settings: Settings, authorization: str
) -> None:
    carl = api.customer()
    path = f"/customer/{carl['id']}/"
    settings.API_TOKENS = TOKENS

    assert refused(api.get(path, authorization=authorization))
    assert refused(api.post("/customer/", {"name": "Dora"}, authorization=authorization))
    assert refused(api.put(path, {"name": "Emil"}, authorization=authorization))
    assert refused(api.delete(path, authorization=authorization))

    settings.API_TOKENS = {}
    assert api.list("/customer/") == [carl]


@pytest.mark.parametrize("authorization", [RIGHT, OTHER, RIGHT.replace("Bearer", "bearer")])
def test_a_client_with_a_token_can_use_the_whole_api(
    api: Api, closed: None, authorization: str
) -> None:
    created = api.post("/customer/", {"name": "Carl"}, authorization=authorization)

    assert created.status_code == 200
    read = api.get(created["Location"], authorization=authorization)
    assert read.json() == created.json()
    deleted = api.delete(created["Location"], authorization=authorization)
    assert deleted.status_code == 204


@pytest.mark.parametrize("path", ["/ping/", "/ping", "/health/", "/health"])
@pytest.mark.parametrize("authorization", ["", "Bearer wrong"])
def test_monitors_need_no_token(api: Api, closed: None, path: str, authorization: str) -> None:
    assert api.get(path, authorization=authorization).status_code == 200


def test_the_refusal_does_not_repeat_the_token(api: Api, closed: None) -> None:
    response = api.get("/customer/", authorization="Bearer wrong-and-private")

    assert b"private" not in response.content
    assert b"s3cret" not in response.content


def test_a_wrong_token_is_not_in_the_log(
    api: Api, closed: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "bank"):
        refused(api.get("/customer/", authorization="Bearer wrong-and-private"))

    assert "/customer/" in caplog.text
    assert "private" not in caplog.text


def test_a_client_keeps_its_idempotency_keys_when_its_token_changes(
    api: Api, settings: Settings
) -> None:
    key = {"Idempotency-Key": "once"}
    settings.API_TOKENS = {"before": "ann"}
    created = api.post("/customer/", {"name": "Carl"}, Authorization="Bearer before", **key)

    settings.API_TOKENS = {"after": "ann"}
    repeated = api.post("/customer/", {"name": "Carl"}, Authorization="Bearer after", **key)

    assert repeated.json() == created.json()
    assert api.get("/customer/", Authorization="Bearer after").json() == [created.json()]


def test_without_configured_tokens_every_call_is_accepted(api: Api) -> None:
    assert api.get("/customer/").status_code == 200
    assert api.get("/customer/", authorization="Bearer anything").status_code == 200
    assert api.get("/openapi.json").status_code == 200
