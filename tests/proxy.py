"""A proxy between the application and its database that cuts the connection at COMMIT."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection


class Proxy:
    """Forwards bytes between two sockets; `cut` ends the connection before or after COMMIT."""

    def __init__(self, listener: socket.socket, host: str, port: int) -> None:
        self.listener, self.host, self.port = listener, host, port
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
        with client, self._server() as server:
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

    def _server(self) -> socket.socket:
        if not self.host.startswith("/"):
            return socket.create_connection((self.host, self.port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self.host}/{socket_name(self.port)}")
        return server


def socket_name(port: int) -> str:
    """Return the name of PostgreSQL's Unix socket for a port."""
    return f".s.PGSQL.{port}"


@contextmanager
def proxied() -> Iterator[Proxy]:
    """Route the default connection through a proxy during the block."""
    real: dict[str, Any] = dict(connection.settings_dict)
    port = int(real["PORT"] or 5432)
    connection.close()
    with TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{directory}/{socket_name(port)}")
        listener.listen()
        connection.settings_dict["HOST"] = directory
        try:
            yield Proxy(listener, real["HOST"], port)
        finally:
            connection.close()
            connection.settings_dict["HOST"] = real["HOST"]


def _forward(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
