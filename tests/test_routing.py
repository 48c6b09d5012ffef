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
def test_ping_returns_the_text_of_the_tutorial(client: Client, slash: str) -> None:
    response = client.get(f"/ping{slash}")

    assert (response.status_code, response.content) == (200, b"python/django")
    assert response["Content-Type"].startswith("text/plain")


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


def test_head_of_an_unknown_id_is_a_404(api: Api, kind: str) -> None:
    assert api.client.head(f"/{kind}/{api.gone(kind)}/").status_code == 404


@pytest.mark.parametrize("path", ["/ping/", "/ping", "/health/", "/openapi.json", "/docs"])
def test_head_works_at_every_other_path(api: Api, path: str) -> None:
    assert api.client.head(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/nothing", "/nothing/", "/customers/", "/customer//", "/customer/1/2/", "/Customer/"]
    + ["/index.html", "/static/nothing.js", "/%00", "/%ff", "/../etc/passwd", "//", "/ping/x/"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_an_unknown_path_is_a_404(api: Api, method: str, path: str) -> None:
    problem(api.client.generic(method, path, b"{}"), 404)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_another_method_on_a_list_is_a_405(api: Api, kind: str, method: str, slash: str) -> None:
    response = api.client.generic(method, f"/{kind}{slash}", b"{}")

    assert problem(response, 405)["detail"] == (
        f"{method} is not possible here; the header Allow names what is."
    )
    assert _allowed(response) == {"GET", "POST"}


@pytest.mark.parametrize("method", ["POST", "PATCH", "OPTIONS", "TRACE", "NONSENSE"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_another_method_on_an_object_is_a_405(api: Api, kind: str, method: str, slash: str) -> None:
    existing = api.some(kind)

    response = api.client.generic(method, f"/{kind}/{existing['id']}{slash}", b"{}")

    problem(response, 405)
    assert _allowed(response) == {"GET", "PUT", "DELETE"}
    assert api.list(f"/{kind}/") == [existing]


@pytest.mark.parametrize("path", ["/ping/", "/ping", "/health/", "/openapi.json", "/docs"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_another_method_on_a_read_only_path_is_a_405(api: Api, method: str, path: str) -> None:
    response = api.client.generic(method, path, b"{}")

    problem(response, 405)
    assert _allowed(response) == {"GET"}


def test_a_call_needs_no_csrf_token(api: Api) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/customer/", '{"name": "Carl"}', "application/x-www-form-urlencoded")

    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.parametrize(("path", "status"), [("/", 404), ("/docs", 405), ("/openapi.json", 405)])
def test_an_unknown_path_needs_no_csrf_token(path: str, status: int) -> None:
    strict = Client(enforce_csrf_checks=True)

    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = strict.generic(method, path, "{}")

        problem(response, status)
        assert status == 404 or _allowed(response) == {"GET"}


def test_the_admin_needs_a_csrf_token(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/admin/login/", {"username": "ann"}).status_code == 403


def _allowed(response: Any) -> set[str]:
    return set(response["Allow"].split(", ")) - {"HEAD"}


def _shown(response: Any) -> dict[str, str]:
    return {name: value for name, value in response.items() if name != "X-Request-ID"}
