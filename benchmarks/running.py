"""Starts the peers, sends requests to them, and stops them."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.database import ROOT
from benchmarks.errors import PeerFailed
from benchmarks.peers import Peer
from benchmarks.works import Request

LOGS = ROOT / "build" / "bench"
PING = Request("GET", "/ping/")
JSON = {"Content-Type": "application/json", "Connection": "close"}


@dataclass(frozen=True)
class Server:
    """A running peer."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, request: Request) -> tuple[int, bytes]:
        """Send the request over a new connection; return the status and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(*request[:2], request.body or None, JSON)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise self.failed(f"did not answer {request.path} ({error})") from error
        finally:
            connection.close()

    def ask_json(self, request: Request) -> tuple[int, Any]:
        status, body = self.ask(request)
        try:
            return status, json.loads(body)
        except ValueError as error:
            raise self.failed(f"answered {request.path} with {status}, not JSON") from error

    def failed(self, what: str) -> PeerFailed:
        """Return an error that says what happened, with the end of the peer's log."""
        said = self.log.read_text(errors="replace").strip()[-2000:]
        return PeerFailed(f"{self.name} {what}. {self.log} ends with:\n{said}")


@contextmanager
def serving(peers: Iterable[Peer], database_url: str) -> Iterator[list[Server]]:
    """Yield these peers, running on that database; stop all of their processes at the end."""
    with ExitStack() as stack:
        servers = []
        for peer in peers:
            servers.append(start(peer, database_url))
            stack.callback(stop, servers[-1].process)
        for server in servers:
            wait_for(server)
        yield servers


def start(peer: Peer, database_url: str) -> Server:
    port = free_port()
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{peer.name}.log"
    command = [part.format(port=port) for part in peer.command]
    environment = os.environ | {"POSTGRESQL_URL": database_url} | peer.environment
    with log.open("wb") as output:
        # Its own session, so that its workers can be stopped with it and do not get Ctrl-C.
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    return Server(peer.name, port, process, log)


def free_port() -> int:
    """Return a free port of this machine."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(server: Server, *, seconds: float = 60) -> None:
    """Return when the peer answers; raise PeerFailed if it exits or takes longer than this."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise server.failed(f"ended with status {server.process.returncode}")
        try:
            if server.ask(PING)[0] == 200:
                return
        except PeerFailed:
            time.sleep(0.1)
    raise server.failed(f"did not answer within {seconds:.0f} seconds")


def stop(process: subprocess.Popen[bytes], *, seconds: float = 30) -> None:
    """Terminate the peer, then kill all remaining processes of its process group."""
    if process.poll() is None:
        process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
