"""The server that we start is closed to others: its users, its socket, its files."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import pytest
from MySQLdb import OperationalError

from backends.mariadb import server as mariadb
from backends.mariadb.users import restrict
from backends.mysql.driver import APPLICATION, connect, least_privilege
from runner.backends import backend
from runner.errors import ServerUnavailable
from tests.serving import ROOT, Server

REFUSED = [
    "CREATE TABLE loot (id int)",
    "DROP TABLE customers",
    "ALTER TABLE customers ADD COLUMN loot int",
    "CREATE DATABASE loot",
    "CREATE USER eve",
    f"GRANT ALL ON *.* TO {APPLICATION}",
    "SELECT * FROM mysql.global_priv",
    "SELECT * FROM customers INTO OUTFILE '/tmp/loot'",
    "SET GLOBAL innodb_lock_wait_timeout = 1",
]


@pytest.fixture
def owner() -> SplitResult:
    return urlsplit(os.environ["MARIADB_URL"])


def test_the_application_can_change_rows_and_nothing_else(owner: SplitResult) -> None:
    application = urlsplit(least_privilege(owner.geturl()))

    with connect(application) as other, other.cursor() as cursor:
        for statement in REFUSED:
            with pytest.raises(OperationalError, match="denied"):
                cursor.execute(statement)
        cursor.execute("SELECT LOAD_FILE('/etc/passwd')")
        assert cursor.fetchall() == ((None,),)


def test_the_application_can_have_a_given_password(owner: SplitResult) -> None:
    application = urlsplit(restrict(owner.geturl(), "it's given"))

    with connect(application) as other, other.cursor() as cursor:
        cursor.execute("SELECT CURRENT_USER()")
        assert cursor.fetchall() == ((f"{APPLICATION}@%",),)
    assert application.password == "it%27s%20given"  # noqa: S105 - of this test


def test_no_user_can_log_in_without_a_password(owner: SplitResult) -> None:
    least_privilege(owner.geturl())
    where = owner.netloc.rpartition("@")[2]

    for user in ("root", "nobody", APPLICATION):
        with pytest.raises(OperationalError, match="Access denied"):
            connect(owner._replace(netloc=f"{user}:@{where}"))


def test_a_server_that_we_start_listens_on_a_socket_that_only_its_owner_can_open() -> None:
    with backend("mariadb").provider().server(None) as url:
        socket = Path(unquote(urlsplit(url).netloc.rpartition("@")[2]))
        with connect(urlsplit(url)) as owner, owner.cursor() as cursor:
            cursor.execute("SELECT @@skip_networking, @@socket")
            listens = cursor.fetchone()
        modes = [
            stat.S_IMODE(file.stat().st_mode)
            for file in (socket.parent, socket.with_name("init.sql"))
        ]

    assert listens == (1, str(socket))
    assert modes == [0o700, 0o600]


@pytest.mark.django_db
def test_a_commit_is_on_disk_before_it_is_acknowledged(server: Server) -> None:
    server.start()
    address = urlsplit(server.database_url())

    order = server.call(
        "POST", "/order/", {"customer": {"id": 1}, "products": [{"id": 4, "quantity": 2}]}
    )
    with connect(address) as other, other.cursor() as cursor:
        cursor.execute("SELECT @@innodb_flush_log_at_trx_commit, @@innodb_doublewrite")
        durable = cursor.fetchone()
    again = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env=backend("mariadb").environment(server.database_url()),
        capture_output=True,
        text=True,
    )

    assert durable == (1, 1)
    assert address.username == APPLICATION
    assert server.call("GET", f"/order/{order['id']}/") == order
    assert (again.returncode, "No migrations to apply" in again.stdout) == (0, True)


def test_the_error_names_the_command_that_installs_a_missing_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mariadb, "PROGRAMS", "/no/such/directory")
    monkeypatch.setenv("PATH", "")

    with pytest.raises(ServerUnavailable) as caught:
        backend("mariadb").provider()

    assert caught.value.command == "apt install mariadb-server-core mariadb-client-core"
