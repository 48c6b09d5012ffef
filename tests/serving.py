"""`python -m runner serve` as a child process, for tests that use it as a user does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings

from runner.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
# The Python of the runner; a backend with its own virtual environment runs its tests in that.
PYTHON = os.environ.get("RUNNER_PYTHON", sys.executable)


@dataclass
class Answer:
    """A response, and the seconds that it took."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    began: float  # time.monotonic()
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Server:
    """`python -m runner serve` on a free port, with its data in one directory."""

    def __init__(
        self, directory: Path, backend: str = settings.BACKEND, module: str = "runner"
    ) -> None:
        self.backend, self.module = backend, module
        self.port = free_port()
        self.data, self.output = directory / "data", directory / "output"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> list[psutil.Process]:
        """Start it, wait until it is ready, and return its process and all child processes."""
        if self.process:
            self.process.wait(30)
        places = ["--port", str(self.port), "--data", str(self.data)]
        words = ["serve", self.backend, *places, *options]
        self.process = start(self.module, *words, output=self.output)
        while "Ctrl-C" not in self.output.read_text():
            assert self.process.poll() is None, self.output.read_text()
            time.sleep(0.05)
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Stop it as Ctrl-C does; return its exit code (0 if it was never started)."""
        if self.process is None:
            return 0
        self.process.send_signal(number)
        return self.process.wait(30)

    def database_url(self) -> str:
        """Return the URL of its database, which it has printed."""
        [line] = [line for line in self.output.read_text().splitlines() if "_URL=" in line]
        return line.partition("=")[2]

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        url = f"http://127.0.0.1:{self.port}{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            content = response.read()
        return json.loads(content) if content[:1] in b"[{" else content.decode()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Make a call like call(), but return errors of HTTP too, with the seconds it took."""
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}{path}"
        return send(urllib.request.Request(url, data, headers, method=method))

    def orders(self) -> list[Any]:
        """Return all orders."""
        found: list[Any] = []
        while page := self.call("GET", f"/order/?limit=1000&{_after(found)}"):
            found += page
        return found


def send(request: urllib.request.Request) -> Answer:
    """Send the request; return the response, of any status, and the seconds that it took."""
    began = time.monotonic()
    try:
        response = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        content = response.read()
    took = time.monotonic() - began
    return Answer(response.status, response.headers, content, began, took)


def _after(found: list[Any]) -> str:
    return f"after={found[-1]['id']}" if found else ""


def run(
    command: str, *options: str, output: Path, backend: str = settings.BACKEND
) -> subprocess.Popen[bytes]:
    """Start `python -m runner COMMAND` on the backend under test, with its own server."""
    return start("runner", command, backend, *options, output=output)


def start(module: str, *words: str, output: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Start `python -m MODULE …` without the URL of a server in its environment."""
    clean = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    command = [PYTHON, "-m", module, *words]
    with output.open("wb") as file:
        return subprocess.Popen(
            command, cwd=ROOT, env=clean | environment, stdout=file, stderr=file
        )


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all of these processes end within 20 seconds."""
    give_up = time.monotonic() + 20
    while not all(map(ended, processes)):
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True


def ended(process: psutil.Process) -> bool:
    # A zombie has ended too; in a container its parent may never wait for it.
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
