"""Connections that the server closes."""

from __future__ import annotations

import psutil

from tests.serving import Server


def test_closed_connections_are_replaced_without_an_error(server: Server) -> None:
    parent, *_ = server.start("--no-demo")
    for _ in range(20):
        server.call("GET", "/customer/")
    children = parent.children(recursive=True)
    database = [p for p in children if "postgres: bank_application bank" in " ".join(p.cmdline())]

    for process in database:
        process.terminate()
    psutil.wait_procs(database, timeout=10)  # until then the connections are usable

    assert [server.call("GET", "/customer/") for _ in range(20)] == [[]] * 20
    assert database
