"""Connections that the server closes while a request is on a branch are replaced."""

from __future__ import annotations

import pytest

from tests.serving import Server

pytestmark = pytest.mark.django_db(transaction=True)


def test_after_lost_connections_requests_of_all_branches_are_answered(server: Server) -> None:
    server.start("--no-demo")
    server.call("POST", "/dolt/branches", {"name": "season"})
    branches = ["main", "season"]

    for _ in range(3):
        for number in range(20):
            server.ask("GET", f"/customer/?branch={branches[number % 2]}")
        kill_connections(server)
    answers = [server.ask("GET", f"/customer/?branch={branches[n % 2]}").status for n in range(60)]

    # The server ends a connection at its next statement: one 503 for each of the four threads.
    assert set(answers) <= {200, 503}
    assert answers.count(503) <= 4


def kill_connections(server: Server) -> None:
    """End all connections of the application, as a restart of the server would."""
    from urllib.parse import urlsplit

    from backends.mysql.driver import connect

    url = urlsplit((server.data / "url").read_text())
    with connect(url).cursor() as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE user LIKE 'bank%'")
        for (number,) in cursor.fetchall():
            cursor.execute("KILL %s", [number])
