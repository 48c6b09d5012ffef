"""Free ports for servers that cannot choose one themselves."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

# Below those from which Linux (32768 and above), macOS and Windows connect to other servers: such
# a connection could take the port between the choice and the start, or while a server restarts.
PORTS = range(20_000, 32_768)


def free_port() -> int:
    """Return a port of this machine on which no program listens now."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port := random.choice(PORTS)))
            return port
