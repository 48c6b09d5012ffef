"""compose/postgresql-balanced.yaml as its clients use it, and its containers as they fail."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runner.compose import Project
from runner.ports import free_port
from tests.serving import Answer, send

TOKEN = secrets.token_hex(16)
DOCKER = shutil.which("docker") or "docker"
LOADING = 120  # seconds to start containers on a busy machine


class Shop:
    """Three applications behind a balancer, with a project's name and a port of their own."""

    def __init__(self) -> None:
        port = str(free_port())
        self.address = f"http://127.0.0.1:{port}"
        self.project = Project(
            "postgresql-balanced",
            f"bank-several-{secrets.token_hex(4)}",
            PORT=port,
            API_TOKENS=f"ann:{TOKEN}",
            LOG_LEVEL="INFO",  # a line per retry: see retries()
        )

    @contextmanager
    def running(self, log: Path) -> Iterator[Shop]:
        """Build and start everything; at the end of the block remove it with its data."""
        with self.project.stopped(log, forget=True):
            self.project.read("up", "--build", "--detach", "--wait")
            yield self

    def scale(self, applications: int) -> None:
        """Wait until so many applications are running and healthy."""
        scale = f"--scale=application={applications}"
        self.project.read("up", "--detach", "--no-deps", "--no-recreate", scale, "application")
        wait_until(lambda: all(map(healthy, self.applications())))

    def applications(self) -> list[str]:
        """Return the ids of the applications' containers, running or not."""
        return self.project.read("ps", "--all", "--quiet", "application").split()

    def retries(self) -> int:
        """Return how many transactions all processes have run again since their first start."""
        log = self.project.read("logs", "--no-log-prefix", "application")
        return sum(" times, again in " in line for line in log.splitlines())

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request; return the response, of any status, and the seconds that it took."""
        request = urllib.request.Request(f"{self.address}{path}", method=method)
        request.headers = {"Authorization": f"Bearer {TOKEN}"} | headers
        request.data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        return send(request)

    def create(self, path: str, body: Any) -> Any:
        """Create an object and return it."""
        return self.ask("POST", path, body).json

    def orders(self, first: int) -> list[int]:
        """Return the ids of the orders from this one on."""
        found: list[int] = []
        after = first - 1
        while page := self.ask("GET", f"/order/?limit=1000&after={after}").json:
            found += [order["id"] for order in page]
            after = found[-1]
        return found


def docker(*words: str) -> str:
    """Return the output of `docker WORDS`, which must succeed."""
    done = subprocess.run([DOCKER, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def kill(container: str) -> None:
    """Kill every process of the container with -9, as a crash would: its policy restarts it."""
    # Not `docker kill`, which is an operator's decision: the engine does not restart it then. The
    # command kills itself too, so its own exit code is not 0.
    subprocess.run([DOCKER, "exec", container, "sh", "-c", "kill -9 -1"], capture_output=True)


def restarts(container: str) -> int:
    """Return how often the engine has restarted the container after a crash."""
    return int(docker("inspect", "--format={{.RestartCount}}", container))


def healthy(container: str) -> bool:
    return docker("inspect", "--format={{.State.Health.Status}}", container) == "healthy"


def wait_until(condition: Callable[[], bool], seconds: float = LOADING) -> None:
    """Wait until the condition holds; fail after these seconds."""
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "The condition did not become true."
        time.sleep(0.1)
