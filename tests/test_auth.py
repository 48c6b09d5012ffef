"""API_TOKENS: who has one may call, everybody else is told how; monitors need none."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from tests.api import Api, problem

RIGHT = "Bearer s3cret-token"
OTHER = "Bearer an-other-token"
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
    settings.API_TOKENS = ["s3cret-token", "an-other-token"]


def refused(response: Any) -> bool:
    problem(response, 401)
    return str(response["WWW-Authenticate"]) == "Bearer"


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_without_a_token_nothing_is_answered(
    api: Api, closed: None, method: str, path: str
) -> None:
    response = api.client.generic(method, path, b'{"name": "Carl"}')

    assert refused(response)


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_with_a_token_no_call_is_refused(api: Api, closed: None, method: str, path: str) -> None:
    response = api.client.generic(method, path, b"{}", headers={"Authorization": RIGHT})

    assert response.status_code in (200, 404, 422)
    assert "WWW-Authenticate" not in response


@pytest.mark.parametrize("authorization", WRONG.values(), ids=WRONG)
def test_this_token_is_refused_and_nothing_changes(
    api: Api, settings: Settings, authorization: str
) -> None:
    carl = api.customer()
    path = f"/customer/{carl['id']}/"
    settings.API_TOKENS = ["s3cret-token", "an-other-token"]

    assert refused(api.get(path, authorization=authorization))
    assert refused(api.post("/customer/", {"name": "Dora"}, authorization=authorization))
    assert refused(api.put(path, {"name": "Emil"}, authorization=authorization))
    assert refused(api.delete(path, authorization=authorization))

    settings.API_TOKENS = []
    assert api.list("/customer/") == [carl]


@pytest.mark.parametrize("authorization", [RIGHT, OTHER, RIGHT.replace("Bearer", "bearer")])
def test_with_a_token_everything_works(api: Api, closed: None, authorization: str) -> None:
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


def test_the_token_is_not_in_the_refusal(api: Api, closed: None) -> None:
    response = api.get("/customer/", authorization="Bearer wrong-and-private")

    assert b"private" not in response.content
    assert b"s3cret" not in response.content


def test_where_there_are_no_tokens_everybody_may_call(api: Api) -> None:
    assert api.get("/customer/").status_code == 200
    assert api.get("/customer/", authorization="Bearer anything").status_code == 200
    assert api.get("/openapi.json").status_code == 200
