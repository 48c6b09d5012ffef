"""HTTP as bytes on a socket, for requests that client libraries cannot send."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Answer:
    """A response; the names of `headers` are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """A connection to this port of this machine; use it as a context manager."""

    def __init__(self, port: int, *, timeout: float = 30) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.received = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()

    def send(self, *parts: bytes) -> None:
        self.socket.sendall(b"".join(parts))

    def answer(self, *, to_head: bool = False) -> Answer | None:
        """Return the next response, None at the end; raise ValueError if it is malformed."""
        if not self._receive_until(lambda: b"\r\n\r\n" in self.received):
            if self.received:
                raise ValueError(f"not an answer: {self.received!r}")
            return None
        head, _, self.received = self.received.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        status = re.fullmatch(r"HTTP/1\.[01] ([1-5]\d\d) [ -~]*", line)
        pairs = [re.fullmatch(r"([!-9;-~]+): ?([^\r\n\0]*)", field) for field in fields]
        if not status or not all(pairs):
            raise ValueError(f"not an answer: {head!r}")
        headers = {pair[1].lower(): pair[2] for pair in pairs if pair}
        if int(status[1]) < 200:
            return self.answer(to_head=to_head)
        return Answer(int(status[1]), headers, self._body(int(status[1]), headers, to_head))

    def _body(self, status: int, headers: dict[str, str], to_head: bool) -> bytes:
        length = 0 if to_head or status in (204, 304) else int(headers["content-length"])
        if not self._receive_until(lambda: len(self.received) >= length):
            raise ValueError(f"{len(self.received)} of {length} bytes of a body")
        body, self.received = self.received[:length], self.received[length:]
        return body

    def _receive_until(self, enough: Callable[[], bool]) -> bool:
        while not enough():
            data = self.socket.recv(65536)
            if not data:
                return False
            self.received += data
        return True


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """Return a request with its Content-Length; keywords set or replace headers (`X_Y`: X-Y)."""
    fields = {"Host": "localhost", "Content-Length": str(len(body))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def ask(port: int, *parts: bytes, to_head: bool = False) -> Answer:
    """Send the request on a new connection and return the response."""
    with Wire(port) as wire:
        wire.send(*parts)
        answer = wire.answer(to_head=to_head)
    assert answer, "the connection was closed without an answer"
    return answer
