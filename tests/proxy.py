"""A proxy between the application and its database that cuts the connection at COMMIT."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection


class Proxy:
    """Forwards bytes between two sockets; `cut` ends the connection before or after COMMIT."""

    def __init__(self, listener: socket.socket, upstream: str) -> None:
        self.listener, self.upstream = listener, upstream
        self.cut: str | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self.upstream)
            answers = threading.Thread(target=_forward, args=[server, client], daemon=True)
            answers.start()
            while data := client.recv(65536):
                if b"COMMIT" in data and self.cut:
                    cut, self.cut = self.cut, None
                    if cut == "after":  # the server commits, but its answer is not forwarded
                        client.shutdown(socket.SHUT_WR)
                        server.sendall(data)
                    break
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
            answers.join()


@contextmanager
def proxied() -> Iterator[Proxy]:
    """Route the default connection through a proxy during the block."""
    real: dict[str, Any] = dict(connection.settings_dict)
    name = f".s.PGSQL.{real['PORT'] or 5432}"
    connection.close()
    with TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(Path(directory) / name))
        listener.listen()
        connection.settings_dict["HOST"] = directory
        try:
            yield Proxy(listener, str(Path(real["HOST"]) / name))
        finally:
            connection.close()
            connection.settings_dict["HOST"] = real["HOST"]


def _forward(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
