"""A database server that cannot be started in Docker: a sentence, in bounded time, nothing left."""

from __future__ import annotations

import json
import re
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from runner import compose
from runner.backends import backend
from runner.docker import project_of
from runner.errors import CannotRun, ServerUnavailable
from tests.containers.engine import docker, docker_provider, inspected, left, within
from tests.serving import start

NAME = "postgresql"
RUNNER = "tests.containers.in_docker"
SLEEPS = ["sh", "-c", "trap 'exit 0' TERM; sleep 600 & wait"]
COULD_NOT = f"`docker compose` could not start {NAME}; the reason is above."


@pytest.fixture
def image() -> Iterator[str]:
    """Return the name of an image to build from the server's own; remove it after the test."""
    name = "bank-tests-of-containers:1.0"
    yield name
    docker("image", "rm", "--force", name)


def build(image: str, entrypoint: list[str]) -> None:
    """Build the server's image with another program in place of the server."""
    configuration = json.loads(project_of(NAME, None).read("config", "--format=json"))
    own = configuration["services"][NAME]["image"]
    text = f"FROM {own}\nENTRYPOINT {json.dumps(entrypoint)}\nCMD []\n"
    docker("build", "--tag", image, "-", stdin=text)


def failed(tmp_path: Path, **environment: str) -> list[str]:
    """Run `runner up`, which must fail without a traceback; return the lines of its output."""
    output = tmp_path / "output"
    assert start(RUNNER, "up", NAME, output=output, **environment).wait(60) == 1
    said = output.read_text()
    assert "Traceback" not in said
    return said.splitlines()


def project_in(lines: list[str]) -> str:
    """Return the project whose containers `docker compose` has said that it creates."""
    return re.findall(rf"Network (bank-{NAME}-\w+)_default", "\n".join(lines))[0]


def test_an_engine_that_is_away_is_one_sentence(tmp_path: Path) -> None:
    said = failed(tmp_path, DOCKER_HOST=f"unix://{tmp_path}/nothing")

    assert said == [f"A server for {NAME} is not available. To get it:", f"  {compose.START}"]


def test_an_engine_that_does_not_answer_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_docker = replace(backend(NAME), providers=[docker_provider(NAME)])
    monkeypatch.setattr(compose, "ANSWER_SECONDS", 2)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "socket"))
        silent.listen()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/socket")

        with pytest.raises(ServerUnavailable, match=re.escape(compose.START)):
            only_docker.provider()


def test_an_image_that_cannot_be_had_is_one_sentence(tmp_path: Path) -> None:
    said = failed(tmp_path, POSTGRESQL_IMAGE="registry.invalid/nothing:1.0")

    assert said[-2:] == [
        f"An image of compose/{NAME}.yaml is not available. To get it:",
        f"  docker compose --file compose/{NAME}.yaml pull",
    ]


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]

        said = failed(tmp_path, DATABASE_PORT=str(port))

    assert any(f"127.0.0.1:{port}" in line and "in use" in line for line in said)
    assert said[-1] == COULD_NOT
    assert left(project_in(said)) == set()


def test_a_server_that_ends_at_once_leaves_its_output_and_nothing_else(
    tmp_path: Path, image: str
) -> None:
    build(image, ["sh", "-c", "echo this is why; exit 3"])

    said = failed(tmp_path, POSTGRESQL_IMAGE=image)

    assert any(line.endswith("| this is why") for line in said)
    assert said[-1] == COULD_NOT
    assert left(project_in(said)) == set()


def test_a_server_that_is_never_healthy_is_given_up(
    tmp_path: Path, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(image, SLEEPS)
    monkeypatch.setenv("POSTGRESQL_IMAGE", image)
    monkeypatch.setattr(compose, "START_SECONDS", 2)
    project = project_of(NAME, tmp_path)

    with (
        pytest.raises(CannotRun, match=re.escape(COULD_NOT)),
        project.stopped(tmp_path / "log", forget=True),
        docker_provider(NAME).server(tmp_path),
    ):
        pass

    assert left(project.project) == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_start_that_is_interrupted_leaves_nothing(
    tmp_path: Path, image: str, number: signal.Signals
) -> None:
    build(image, SLEEPS)
    output = tmp_path / "output"
    child = start(RUNNER, "up", NAME, output=output, POSTGRESQL_IMAGE=image)
    assert within(30, lambda: f"{NAME}-1  Started" in output.read_text())
    project = project_in(output.read_text().splitlines())
    assert [each["State"]["Running"] for each in inspected(project)].count(True) == 1

    child.send_signal(number)

    assert (child.wait(30), left(project)) == (0, set())
    assert output.read_text().splitlines()[-1] == "stopped"


def test_a_server_without_data_leaves_nothing(tmp_path: Path) -> None:
    output = tmp_path / "output"
    child = start(RUNNER, "up", NAME, output=output)
    assert within(60, lambda: "POSTGRESQL_URL=postgresql://" in output.read_text())
    project = project_in(output.read_text().splitlines())
    started = left(project)

    child.send_signal(signal.SIGINT)

    assert {f"{project}_data", f"{project}_secrets", f"{project}_default"} < started
    assert (child.wait(30), left(project)) == (0, set())


def test_data_of_another_major_version_is_left_unchanged(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    provider, project = docker_provider(NAME), project_of(NAME, tmp_path)
    with project.stopped(tmp_path / "log", forget=True):
        with provider.server(tmp_path):
            before = files(project)
        version(project, "17")

        with pytest.raises(CannotRun, match=re.escape(COULD_NOT)), provider.server(tmp_path):
            pass
        said = capfd.readouterr().out
        version(project, "18")

        with provider.server(tmp_path):
            after = files(project)
    assert "initialized by PostgreSQL version 17, which is not compatible" in said
    assert before == after


def version(project: compose.Project, number: str) -> None:
    in_volume(project, f"find /data -name PG_VERSION -exec sh -c 'echo {number} > $1' - {{}} +")


def files(project: compose.Project) -> str:
    """Return the names of the database's files, each with its size."""
    return in_volume(project, "cd /data/18/docker/base && find . -type f -printf '%p %s\n' | sort")


def in_volume(project: compose.Project, script: str) -> str:
    """Run a script on the volume with the data, as root."""
    image = json.loads(project.read("config", "--format=json"))["services"][NAME]["image"]
    mount = f"--volume={project.project}_data:/data"
    return docker("run", "--rm", "--user=root", "--entrypoint=sh", mount, image, "-c", script)
