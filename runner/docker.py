"""A server in Docker, defined by compose/NAME.yaml: image, health check and volume."""

from __future__ import annotations

import hashlib
import secrets
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from runner.backend import Provider
from runner.compose import START, Project, missing
from runner.processes import log_file, running


def docker(name: str, port: int, url: str) -> Provider:
    """Return the provider for the service NAME of compose/NAME.yaml, which listens on this port.

    In the URL, {address} and {password} are replaced.
    """
    return Provider(
        f"Docker, compose/{name}.yaml",
        missing=missing,
        server=partial(_server, name, port, url),
        start=START,
    )


@contextmanager
def _server(name: str, port: int, url: str, data: Path | None) -> Iterator[str]:
    """Run a container until the end of the block. Its data is in a Docker volume, not in `data`.

    If we are killed, it keeps running, because it is not our child: `docker compose ls` shows it,
    and the next start on the same data uses it.
    """
    project, log = project_of(name, data), log_file(name, data)
    project.pull(name, "secrets")
    with project.stopped(log, forget=data is None):
        project.start(name)
        with _watched(project, log):
            address = project.read("port", name, str(port))
            yield url.format(address=address, password=_password(project, url))


def _watched(project: Project, log: Path) -> AbstractContextManager[object]:
    """Run a child process that ends when the container does: `serve` watches its children."""
    wait = [*project.command, "wait", project.name]
    # Not SIGTERM: sometimes `docker compose wait` does not end then.
    return running(wait, env=project.environment, log=log, stop_signal=signal.SIGKILL)


def _password(project: Project, url: str) -> str:
    if "{password}" not in url:
        return ""
    return project.read("exec", "--no-TTY", project.name, "cat", "/secrets/password")


def project_of(name: str, data: Path | None) -> Project:
    """Return the project of the containers and volumes, the same at each start on the same data."""
    kept = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:8] if data else None
    return Project(name, f"bank-{name}-{kept or secrets.token_hex(4)}")
