"""Paths and methods whose response needs no query."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api import Api, problem


@pytest.mark.parametrize("slash", ["", "/"])
def test_ping_returns_the_text_of_the_tutorial(client: Client, slash: str) -> None:
    response = client.get(f"/ping{slash}")

    assert (response.status_code, response.content) == (200, b"python/django")
    assert response["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/nothing/", "/customers/", "/customer//", "/customer/1/2/", "/Customer/"]
    + ["/index.html", "/static/nothing.js", "/%00", "/%ff", "/../etc/passwd", "/ping/x/"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_an_unknown_path_is_a_404(api: Api, method: str, path: str) -> None:
    problem(api.client.generic(method, path, b"{}"), 404)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_an_unsupported_method_on_a_list_is_a_405(
    api: Api, kind: str, method: str, slash: str
) -> None:
    response = api.client.generic(method, f"/{kind}{slash}", b"{}")

    assert problem(response, 405)["detail"] == (
        f"{method} is not possible here; the header Allow names what is."
    )
    assert _allowed(response) == {"GET", "POST"}


@pytest.mark.parametrize("path", ["/ping/", "/ping", "/health/", "/openapi.json", "/docs"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_an_unsupported_method_on_a_read_only_path_is_a_405(
    api: Api, method: str, path: str
) -> None:
    response = api.client.generic(method, path, b"{}")

    problem(response, 405)
    assert _allowed(response) == {"GET"}


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/docs", 405), ("/openapi.json", 405)]
)
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
