"""Starts the peers, sends requests to them, and stops them."""

from __future__ import annotations

import http.client
import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.errors import PeerFailed
from benchmarks.peers import Peer
from benchmarks.works import Request
from runner.ports import free_port
from runner.processes import log_file, running, wait_until

PING = Request("GET", "/ping/")
JSON = {"Content-Type": "application/json", "Connection": "close"}


@dataclass(frozen=True)
class Server:
    """A running peer."""

    name: str
    port: int
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

    def answers(self) -> bool:
        """Whether it is ready."""
        with suppress(PeerFailed):
            return self.ask(PING)[0] == 200
        return False

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
def serving(peers: Iterable[Peer], environment: Mapping[str, str]) -> Iterator[list[Server]]:
    """Yield these peers, running in this environment, which names the database; stop all of their
    processes at the end.

    Raises CannotRun, with the end of its log, if a peer ends or does not answer within 60 s.
    """
    with ExitStack() as stack:
        started = [stack.enter_context(_started(peer, environment)) for peer in peers]
        for server, process in started:
            wait_until(server.answers, process, what=server.name, log=server.log)
        yield [server for server, _ in started]


@contextmanager
def _started(
    peer: Peer, environment: Mapping[str, str]
) -> Iterator[tuple[Server, subprocess.Popen[bytes]]]:
    port = free_port()
    server = Server(peer.name, port, log_file(f"benchmark-{peer.name}", None))
    command = [part.format(port=port) for part in peer.command]
    with running(command, log=server.log, env={**environment, **peer.environment}) as process:
        yield server, process
