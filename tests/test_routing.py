"""Addresses and methods: with and without the slash, HEAD, 404 and 405."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.api import Api, problem


@pytest.mark.parametrize("slash", ["", "/"])
def test_every_path_works_with_and_without_the_slash(api: Api, kind: str, slash: str) -> None:
    created = api.post(f"/{kind}{slash}", api.body(kind))
    assert created.status_code == 200
    existing = created.json()
    one = f"/{kind}/{existing['id']}{slash}"

    assert api.list(f"/{kind}{slash}") == [existing]
    assert api.list(f"/{kind}{slash}?limit=5") == [existing]
    assert api.get(one).json() == existing
    assert api.put(one, api.body(kind)).json()["id"] == existing["id"]
    assert api.delete(one).status_code == 204
    assert api.list(f"/{kind}{slash}") == []


def test_location_is_the_path_of_the_new_object(api: Api, kind: str) -> None:
    created = api.post(f"/{kind}", api.body(kind))

    assert created["Location"] == f"/{kind}/{created.json()['id']}/"
    assert api.get(created["Location"]).json() == created.json()


@pytest.mark.parametrize("slash", ["", "/"])
def test_health_names_the_backend_and_its_server(api: Api, slash: str) -> None:
    response = api.get(f"/health{slash}")

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    document = response.json()
    assert (document["backend"], document["ok"]) == (settings.BACKEND, True)
    assert re.search(r"[A-Za-z]+ .*\d", document["server"])


def test_health_counts_transactions(api: Api) -> None:
    before = api.get("/health/").json()["transactions"]["committed"]

    api.customer()

    assert api.get("/health/").json()["transactions"]["committed"] == before + 1


@pytest.mark.parametrize("slash", ["", "/"])
def test_head_returns_the_headers_of_get(api: Api, kind: str, slash: str) -> None:
    existing, _ = api.some(kind), api.some(kind)
    for path in (f"/{kind}{slash}?limit=1", f"/{kind}/{existing['id']}{slash}"):
        get, head = api.get(path), api.client.head(path)

        assert (head.status_code, _shown(head)) == (200, _shown(get))
        assert head["Content-Length"] == str(len(get.content))


def test_head_of_an_unknown_id_is_a_404(api: Api, kind: str) -> None:
    assert api.client.head(f"/{kind}/{api.gone(kind)}/").status_code == 404


@pytest.mark.parametrize("path", ["/ping/", "/ping", "/health/", "/openapi.json", "/docs"])
def test_head_works_at_every_other_path(api: Api, path: str) -> None:
    assert api.client.head(path).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PATCH", "OPTIONS", "TRACE", "NONSENSE"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_an_unsupported_method_on_an_object_is_a_405(
    api: Api, kind: str, method: str, slash: str
) -> None:
    existing = api.some(kind)

    response = api.client.generic(method, f"/{kind}/{existing['id']}{slash}", b"{}")

    problem(response, 405)
    assert _allowed(response) == {"GET", "PUT", "DELETE"}
    assert api.list(f"/{kind}/") == [existing]


def test_a_call_needs_no_csrf_token(api: Api) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/customer/", '{"name": "Carl"}', "application/x-www-form-urlencoded")

    assert response.status_code == 200
    assert not response.cookies


def _allowed(response: Any) -> set[str]:
    return set(response["Allow"].split(", ")) - {"HEAD"}


def _shown(response: Any) -> dict[str, str]:
    return {name: value for name, value in response.items() if name != "X-Request-ID"}
