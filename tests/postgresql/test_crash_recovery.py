"""`serve` and its data after a process was killed or a file was damaged."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psutil
import pytest

from backends.postgresql import server as postgresql
from runner.errors import CannotRun
from tests.serving import Server, gone, run
from tests.test_serve import victims


def test_a_killed_application_ends_serve_and_leaves_no_worker(server: Server) -> None:
    family = server.start("--no-demo")
    [application] = [child for child in family[0].children() if "granian" in child.cmdline()]

    application.kill()

    assert server.process and server.process.wait(30) == 1
    assert "The application has ended by itself" in server.output.read_text()
    assert gone(family)


def test_a_killed_database_server_ends_serve_and_the_next_start_has_its_data(
    server: Server,
) -> None:
    family = server.start("--no-demo")
    carl = server.call("POST", "/customer/", {"name": "Carl"})
    database = victims(family, "database")

    next(each for each in database if each.ppid() == family[0].pid).kill()

    assert server.process and server.process.wait(30) == 1
    said = server.output.read_text().splitlines()[-1]
    assert said == f"The database server has ended: start again. Its log is in {server.data}."
    assert gone(family)
    (server.data / "cluster" / "postmaster.pid").write_text("damaged")
    server.start("--no-demo")
    assert server.call("GET", "/customer/") == [carl]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_first_start_that_is_killed_during_initdb_is_repeated(
    server: Server, tmp_path: Path, number: signal.Signals
) -> None:
    places = ["--port", str(server.port), "--data", str(server.data), "--no-demo"]
    child = run("serve", *places, output=tmp_path / "first")
    while not [*server.data.glob("cluster*/PG_VERSION")]:
        assert child.poll() is None
        time.sleep(0.005)
    family = psutil.Process(child.pid).children(recursive=True)

    child.send_signal(number)
    child.wait(30)

    assert gone(family)
    server.start("--no-demo")
    assert server.call("GET", "/customer/") == []
    assert not (server.data / "cluster.new").exists()


def test_a_directory_that_is_not_postgresqls_is_left_unchanged(tmp_path: Path) -> None:
    programs = postgresql._wheel() or postgresql._on_path()
    assert programs
    (tmp_path / "cluster").mkdir()
    (tmp_path / "cluster" / "letter").write_text("Dear Ann")

    with (
        pytest.raises(CannotRun, match="cluster is not empty and not of PostgreSQL"),
        postgresql._server(programs, tmp_path),
    ):
        pass

    assert (tmp_path / "cluster" / "letter").read_text() == "Dear Ann"
