"""A server in Docker, defined by compose/NAME.yaml: image, health check and volume."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from runner.backend import Provider
from runner.errors import CannotRun
from runner.processes import ROOT, log_file
from runner.secret import kept_secret

START = "sudo systemctl start docker"


def docker(name: str, url: str) -> Provider:
    """Return the provider for compose/NAME.yaml; {port} and {password} in the URL are replaced.

    The file reads both from its environment, as PORT and PASSWORD.
    """
    return Provider(
        f"Docker, compose/{name}.yaml",
        missing=_missing,
        server=partial(_server, name, url),
        start=START,
    )


def _missing() -> str | None:
    if not shutil.which("docker") or _fails("docker", "compose", "version"):
        return "curl -fsSL https://get.docker.com | sh"
    engine_is_away = _fails("docker", "compose", "ls")
    return START if engine_is_away else None


def _fails(*command: str) -> bool:
    return subprocess.run(command, capture_output=True).returncode != 0


@contextmanager
def _server(name: str, url: str, data: Path | None) -> Iterator[str]:
    """Run a container until the end of the block. Its data is in a Docker volume, not in `data`.

    If we are killed, it keeps running, because it is not our child: `docker compose ls` shows it,
    and the next start on the same data uses it.
    """
    port, password = free_port(), _password(data)
    environment = os.environ | {"PORT": str(port), "PASSWORD": password}
    file = str(ROOT / "compose" / f"{name}.yaml")
    compose = ["docker", "compose", "--file", file, "--project-name", _project(name, data)]
    try:
        if subprocess.run([*compose, "up", "--detach", "--wait"], env=environment).returncode:
            subprocess.run([*compose, "logs", "--tail", "20"], env=environment)
            raise CannotRun(f"`docker compose` could not start {name}; its output is above.")
        yield url.format(port=port, password=password)
    finally:
        with log_file(name, data).open("ab") as log:
            subprocess.run([*compose, "logs", "--no-color"], env=environment, stdout=log)
        forget = [] if data else ["--volumes"]
        subprocess.run([*compose, "down", *forget], env=environment, capture_output=True)


def _project(name: str, data: Path | None) -> str:
    """Return the prefix of container and volume, the same at each start on the same data."""
    kept = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:8] if data else None
    return f"bank-{name}-{kept or secrets.token_hex(4)}"


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _password(data: Path | None) -> str:
    """Return a random password; kept in `data`, because the server in the volume has it too."""
    if data is None:
        return secrets.token_urlsafe(16)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return kept_secret(data / "password")
