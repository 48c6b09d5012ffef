"""Headers of every response: security, the exact length, and a request id."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from myproject.hosts import REMEMBERED, AllowedHosts
from tests.api import Api, problem

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PROBLEMS = {
    "400": ("POST", "/customer/", "{"),
    "404 of an object": ("GET", "/customer/x/", ""),
    "404 of an address": ("GET", "/nothing/", ""),
    "405": ("PATCH", "/customer/", "{}"),
    "413": ("POST", "/customer/", " " * 1_048_577),
    "422": ("POST", "/customer/", "{}"),
}
ANSWERS = {
    "ping": ("GET", "/ping/", ""),
    "list": ("GET", "/customer/", ""),
    "created": ("POST", "/customer/", '{"name": "Carl"}'),
    "docs": ("GET", "/docs", ""),
}


@pytest.mark.parametrize("call", [*PROBLEMS.values(), *ANSWERS.values()], ids=[*PROBLEMS, *ANSWERS])
def test_every_response_has_security_headers_and_its_exact_length(api: Api, call: Any) -> None:
    response = api.client.generic(*call)

    assert {name: response.get(name) for name in SECURITY} == SECURITY
    assert response["Content-Length"] == str(len(response.content))


@pytest.mark.parametrize("call", [*PROBLEMS.values(), *ANSWERS.values()], ids=[*PROBLEMS, *ANSWERS])
def test_every_response_has_its_own_request_id(api: Api, call: Any) -> None:
    ids = {api.client.generic(*call)["X-Request-ID"] for _ in range(2)}

    assert len(ids) == 2
    assert all(re.fullmatch(r"[0-9a-f]{32}", identity) for identity in ids)


@pytest.mark.parametrize("path", ["/customer/", "/admin/login/"])
@pytest.mark.parametrize("host", ["evil.example.org", "192.0.2.1", "", "a b", "x" * 5000])
def test_an_unknown_host_is_a_400_and_one_log_line(
    client: Client, caplog: pytest.LogCaptureFixture, path: str, host: str
) -> None:
    response = client.get(path, headers={"Host": host})

    assert problem(response, 400)["detail"] == (
        "This server is not called by that name (Host header); its names are in ALLOWED_HOSTS."
    )
    [record] = caplog.records
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    assert record.getMessage() == f"Host {repr(host)[:100]} is not in ALLOWED_HOSTS"


@pytest.mark.parametrize("path", ["/customer/", "/admin/login/"])
def test_an_unknown_host_is_refused_again_and_a_known_one_accepted_again(
    client: Client, db: None, path: str
) -> None:
    hosts = ["evil.example.org", "localhost"] * 2

    answers = [client.get(path, headers={"Host": host}).status_code for host in hosts]

    assert answers == [400, 200, 400, 200]


def test_a_bounded_number_of_hosts_is_remembered(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    hosts = AllowedHosts(lambda request: HttpResponse())
    request = RequestFactory().get

    answers = [hosts(request("/", headers={"Host": f"h{n}"})) for n in range(2 * REMEMBERED)]

    assert {answer.status_code for answer in answers} == {200}
    assert len(hosts.accepted) == REMEMBERED


@pytest.mark.parametrize("path", ["/ping", "/ping/", "/health", "/health/"])
def test_monitors_may_use_any_host(api: Api, caplog: pytest.LogCaptureFixture, path: str) -> None:
    assert api.get(path, Host="192.0.2.1").status_code == 200
    assert caplog.records == []


@pytest.mark.parametrize("given", ["abc-123", "a.b:c_D", "x" * 100])
def test_a_valid_request_id_is_returned(client: Client, given: str) -> None:
    assert client.get("/ping/", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["", " ", "a b", "x" * 101, "a\r\nSet-Cookie: x", "é", '"', "a\n"]
)
def test_an_invalid_request_id_is_replaced(client: Client, given: str) -> None:
    identity = client.get("/ping/", headers={"X-Request-ID": given})["X-Request-ID"]

    assert re.fullmatch(r"[0-9a-f]{32}", identity)
