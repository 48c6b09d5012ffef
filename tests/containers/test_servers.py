"""Docker as the provider of `make serve` and `make matrix`: a database server in a container."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from runner.docker import project_of
from tests.containers.engine import (
    FILES,
    SERVERS,
    containers,
    docker,
    docker_provider,
    inspected,
    left,
    volumes,
    within,
)
from tests.serving import Server, gone, start

RUNNER = "tests.containers.in_docker"
WITH_PASSWORD = [name for name in SERVERS if "{password}" in FILES[name]]


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """Return `serve` on PostgreSQL, or the backend of the test's parameter, not started."""
    server = Server(tmp_path, getattr(request, "param", "postgresql"), RUNNER)
    yield server
    server.stop()
    project_of(server.backend, server.data).run("down", "--volumes", capture_output=True)


def project(server: Server) -> str:
    return project_of(server.backend, server.data).project


@pytest.mark.parametrize("server", SERVERS, indirect=True)
def test_a_start_takes_over_the_container_of_a_killed_one(server: Server) -> None:
    family = server.start("--no-demo")
    carl = server.call("POST", "/customer/", {"name": "Carl"})
    before = containers(project(server))
    family[0].kill()

    server.start("--no-demo")

    assert server.call("GET", "/health/")["backend"] == server.backend
    assert server.call("GET", "/customer/") == [carl]
    assert containers(project(server)) == before
    assert volumes(project(server)) <= kept(server)


def test_ctrl_c_leaves_the_volumes_only_and_the_next_start_uses_them(server: Server) -> None:
    family = server.start("--no-demo")
    carl = server.call("POST", "/customer/", {"name": "Carl"})

    exit_code = server.stop()
    after = left(project(server))
    server.start("--no-demo")

    assert (exit_code, gone(family), after) == (0, True, kept(server))
    assert server.call("GET", "/customer/") == [carl]


def kept(server: Server) -> set[str]:
    """Return the names of the volumes that keep the data and the database's password."""
    return {f"{project(server)}_{each}" for each in ("data", "secrets")}


def test_one_of_two_starts_at_the_same_time_is_refused(server: Server) -> None:
    second = Server(server.data.parent, "postgresql", RUNNER)
    second.output = server.data.with_name("second")
    ports = [["--port", str(each.port), "--no-demo"] for each in (server, second)]
    data = ["--data", str(server.data)]

    both = [
        start(RUNNER, "serve", "postgresql", *port, *data, output=each.output)
        for port, each in zip(ports, (server, second), strict=True)
    ]
    assert within(60, lambda: any(each.poll() is not None for each in both))
    [refused] = [number for number, each in enumerate(both) if each.poll() is not None]
    started = (second, server)[refused]
    assert within(60, lambda: "Ctrl-C" in started.output.read_text())
    customers = started.call("GET", "/customer/")
    both[1 - refused].send_signal(signal.SIGINT)

    said = (server, second)[refused].output.read_text().splitlines()[-1]
    assert (
        said
        == f"Another program uses {server.data}, or is ending: stop it, or give DATA=elsewhere."
    )
    assert ([each.wait(30) for each in both].count(0), customers) == (1, [])


def test_serve_ends_when_its_container_is_killed(server: Server) -> None:
    server.start("--no-demo")
    [database] = [each["Id"] for each in inspected(project(server)) if each["State"]["Running"]]

    docker("kill", database)

    assert server.process and server.process.wait(20) == 1
    said = server.output.read_text().splitlines()[-1]
    assert said == f"The database server has ended: start again. Its log is in {server.data}."
    assert left(project(server)) == kept(server)


@pytest.mark.parametrize("server", WITH_PASSWORD, indirect=True)
def test_the_password_is_in_the_volume_only(server: Server) -> None:
    with docker_provider(server.backend).server(server.data) as url:
        password = str(urlsplit(url).password)
        told = json.dumps(inspected(project(server))) + running(project(server))
    told += (server.data / f"{server.backend}.log").read_text()

    assert len(password) > 40
    assert server.backend in told
    assert password not in told


@pytest.mark.parametrize("server", ["dolt"], indirect=True)
def test_a_health_check_shows_the_password_to_no_other_user(server: Server) -> None:
    with docker_provider("dolt").server(server.data) as url:
        seen = ""
        while "SELECT 1" not in seen:  # it runs every 2 s, for some tenths of a second
            seen = running(project(server))

    assert str(urlsplit(url).password) not in seen


def running(project: str) -> str:
    """Return the command lines of all processes in the project's running containers."""
    found = [each["Id"] for each in inspected(project) if each["State"]["Running"]]
    return "".join(docker("top", each, "-eo", "pid,args") for each in found)
