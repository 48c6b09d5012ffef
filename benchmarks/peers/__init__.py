"""The applications that are compared: how each is started. A new peer is a file and a row."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Peer:
    """A server that takes its database from POSTGRESQL_URL and listens on 127.0.0.1:{port}."""

    name: str
    title: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def python(module: str, *arguments: str) -> tuple[str, ...]:
    """A command of the virtual environment that the benchmark itself runs in."""
    return (sys.executable, "-m", module, *arguments)


# All with two processes: one for each core of the machine they were chosen on.
GUNICORN = python("gunicorn", "--bind=127.0.0.1:{port}", "--workers=2", "--log-level=warning")
UVICORN = python(
    "uvicorn", "--port={port}", "--workers=2", "--no-access-log", "--log-level=warning",
    "--loop=uvloop", "--http=httptools",
)  # fmt: skip
GRANIAN = python(
    "granian", "--interface=wsgi", "--host=127.0.0.1", "--port={port}", "--workers=2",
    "--blocking-threads=4", "--log-level=warning",
)  # fmt: skip

PEERS = {
    peer.name: peer
    for peer in (
        Peer(
            "bank",
            "this project, as `make serve` serves it",
            # Its own directory: a `make serve` that runs at the same time keeps the usual one.
            python(
                "backends",
                "serve",
                "postgresql",
                "--port",
                "{port}",
                "--no-demo",
                "--data",
                "build/bench/bank",
            ),  # fmt: skip
        ),
        Peer(
            "naive",
            "the tutorial's Django views, gunicorn sync",
            (*GUNICORN, "benchmarks.peers.naive:application"),
        ),
        Peer(
            "drf",
            "Django REST framework with good habits, gunicorn gthread",
            (*GUNICORN, "--threads=4", "benchmarks.peers.drf:application"),
        ),
        Peer(
            "sqlalchemy",
            "FastAPI and SQLAlchemy 2 async, uvicorn",
            (*UVICORN, "benchmarks.peers.sqlalchemy:app"),
        ),
        Peer(
            "asyncpg",
            "FastAPI and asyncpg, uvicorn",
            (*UVICORN, "benchmarks.peers.asyncpg:app"),
        ),
        Peer(
            "floor",
            "a bare WSGI function and psycopg 3, granian",
            (*GRANIAN, "benchmarks.peers.floor:application"),
        ),
    )
}
