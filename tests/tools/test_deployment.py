"""`serve` in a deployment: requests of its proxy, of a load balancer, and of an attacker."""

from __future__ import annotations

import pytest

from tests import wire
from tests.serving import Server
from tests.tools.test_settings import SECRETS

PROXIED = {
    "Host": SECRETS["ALLOWED_HOSTS"],
    "X-Forwarded-Proto": "https",
    "Authorization": "Bearer 0123456789abcdef",
}


def test_a_deployment_starts_without_warnings_or_demo_data_and_serves_its_proxy(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (SECRETS | {"DEPLOY": "1"}).items():
        monkeypatch.setenv(name, value)
    server.start()
    printed = server.output.read_text()

    lists = [server.call("GET", f"/{kind}/", **PROXIED) for kind in ("customer", "product")]
    carl = server.ask("POST", "/customer/", {"name": "Carl"}, **PROXIED)
    without_token = server.ask("GET", "/customer/", Host=PROXIED["Host"])
    by_address = {path: server.ask("GET", path).status for path in ("/ping/", "/health/", "/docs")}

    assert "is for the proxy, which sends a host of ALLOWED_HOSTS" in printed
    assert "/docs" not in printed  # a browser here cannot open it
    assert printed.splitlines()[0] == f"postgresql: starting its server, data in {server.data}"
    assert "demo" not in printed
    assert "ERROR" not in printed and "WARNING" not in printed
    assert lists == [[], []]
    assert (carl.status, carl.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
    assert "Strict-Transport-Security" not in without_token.headers  # it came without TLS
    assert (without_token.status, by_address) == (
        401,
        {"/ping/": 200, "/health/": 200, "/docs": 400},
    )
    [refused] = server.output.read_text().removeprefix(printed).splitlines()
    assert f"Host '127.0.0.1:{server.port}' is not in ALLOWED_HOSTS" in refused


def test_a_form_with_too_many_fields_is_one_log_line(server: Server) -> None:
    server.start("--no-demo")
    printed = server.output.read_text()
    form = {
        "Content_Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={'x' * 32}",
    }

    answer = wire.ask(server.port, wire.request("POST", "/admin/login/", b"x=1&" * 1001, **form))

    assert answer.status == 400
    [line] = server.output.read_text().removeprefix(printed).splitlines()
    assert "ERROR django.security.TooManyFieldsSent" in line
