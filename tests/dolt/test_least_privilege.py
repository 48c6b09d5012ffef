"""The application connects as a user who has privileges on rows only."""

from __future__ import annotations

import stat
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from MySQLdb import OperationalError

from backends.mysql.driver import APPLICATION, connect
from runner.backends import backend
from tests.serving import ROOT, Server

REFUSED = [
    "CREATE TABLE loot (id int)",
    "DROP TABLE customers",
    "ALTER TABLE customers ADD COLUMN loot int",
    "CREATE DATABASE loot",
    "CREATE USER eve",
    "GRANT ALL ON *.* TO bank_application",
    "SELECT * FROM mysql.user",
    "CALL dolt_remote('add', 'loot', 'file:///tmp/loot')",
]


def test_the_application_runs_as_the_restricted_user(server: Server) -> None:
    server.start()
    address = urlsplit(server.database_url())

    order = server.call(
        "POST", "/order/", {"customer": {"id": 1}, "products": [{"id": 4, "quantity": 2}]}
    )

    assert address.username == APPLICATION
    assert server.call("GET", f"/order/{order['id']}/") == order


def test_statements_beyond_its_privileges_are_refused(server: Server) -> None:
    server.start("--no-demo")

    with connect(urlsplit(server.database_url())).cursor() as cursor:
        for statement in REFUSED:
            with pytest.raises(OperationalError, match="denied"):
                cursor.execute(statement)


def test_the_restricted_user_cannot_read_files_of_the_server(server: Server) -> None:
    server.start("--no-demo")

    with connect(urlsplit(server.database_url())).cursor() as cursor:
        cursor.execute("SELECT LOAD_FILE(%s)", [str(server.data / "dolt" / "password")])

        assert cursor.fetchall() == ((None,),)


def test_the_restricted_user_can_start_if_nothing_is_to_migrate(server: Server) -> None:
    server.start("--no-demo")
    environment = backend("dolt").environment(server.database_url())

    migrate = [sys.executable, "manage.py", "migrate"]
    result = subprocess.run(migrate, cwd=ROOT, env=environment, capture_output=True, text=True)

    assert (result.returncode, "No migrations to apply" in result.stdout) == (0, True)


def test_only_the_owner_can_read_the_password_file(server: Server) -> None:
    server.start("--no-demo")

    password = server.data / "dolt" / "password"

    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert password.read_text() not in server.output.read_text()


def test_no_user_can_connect_without_a_password(server: Server) -> None:
    server.start("--no-demo")
    address = urlsplit(server.database_url())

    for user in ("root", APPLICATION):
        stranger = address._replace(netloc=f"{user}:@{address.hostname}:{address.port}")
        with pytest.raises(OperationalError, match="Access denied"):
            connect(stranger)
