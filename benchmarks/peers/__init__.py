"""The applications that are compared and their commands. To add a peer, add a file and a row."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Peer:
    """A server that takes its database from the environment and listens on 127.0.0.1:{port}."""

    name: str
    title: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def python(module: str, *arguments: str) -> tuple[str, ...]:
    """Return a command that uses this virtual environment."""
    return (sys.executable, "-m", module, *arguments)


def bank(backend: str, data: str) -> Peer:
    """Return this application on a backend, with its own directory for data."""
    serve = python("runner", "serve", backend, "--port", "{port}", "--no-demo", "--data", data)
    return Peer("bank", "this project, served as by `make serve`", serve)


# One process per core, as `make serve` has.
WORKERS = f"--workers={os.cpu_count() or 1}"
GUNICORN = python("gunicorn", "--bind=127.0.0.1:{port}", WORKERS, "--log-level=warning")
UVICORN = python(
    "uvicorn", "--port={port}", WORKERS, "--no-access-log", "--log-level=warning",
    "--loop=uvloop", "--http=httptools",
)  # fmt: skip
GRANIAN = python(
    "granian", "--interface=wsgi", "--host=127.0.0.1", "--port={port}", WORKERS,
    "--blocking-threads=4", "--log-level=warning",
)  # fmt: skip

PEERS = {
    peer.name: peer
    for peer in (
        bank("postgresql", "build/bench/bank"),  # a running `make serve` uses the default one
        Peer(
            "naive",
            "the tutorial's Django views, gunicorn sync",
            (*GUNICORN, "benchmarks.peers.naive:application"),
        ),
        Peer(
            "drf",
            "Django REST framework with the usual optimizations, gunicorn gthread",
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
