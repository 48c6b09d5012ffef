"""Free ports for servers that cannot choose one themselves."""

from __future__ import annotations

import random
import socket

# Below those from which Linux (32768 and above), macOS and Windows connect to other servers: such
# a connection could take the port between the choice and the start, or while a server restarts.
PORTS = range(20_000, 32_768)


def free_port() -> int:
    """Return a port of this machine that no program uses, and that is given once in a minute."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _reserve(port)
        return port


def _reserve(port: int) -> None:
    """Make a connection to the port and end it, so that it is in TIME_WAIT.

    A server can listen there at once, because servers set SO_REUSEADDR, but a probe without it, as
    of this function in another process, finds the port in use.
    """
    address = ("127.0.0.1", port)
    with socket.create_server(address) as listener, socket.create_connection(address):
        listener.accept()[0].close()  # first: TIME_WAIT is on the side that closes first
