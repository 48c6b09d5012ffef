"""Makes the database of a running `serve` hang, and resumes it."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psutil
from django.conf import settings

from tests.serving import Server


@contextmanager
def stalled(server: Server) -> Iterator[None]:
    """Let the database hang during the block: stop its server (SIGSTOP), or lock its file."""
    with _locked_file(server) if settings.BACKEND == "doltlite" else _stopped_server(server):
        yield


@contextmanager
def _locked_file(server: Server) -> Iterator[None]:
    file = server.data / "bank.db"
    with closing(sqlite3.connect(file, timeout=10, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def _stopped_server(server: Server) -> Iterator[None]:
    processes = database(server)
    _signal(processes, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(processes, signal.SIGCONT)


def database(server: Server) -> list[psutil.Process]:
    """Return the processes of its database server, which are all but the application's."""
    assert server.process
    parent = psutil.Process(server.process.pid)
    [application] = [p for p in parent.children() if "granian" in p.cmdline()]
    ours = {application, *application.children(recursive=True)}
    return [p for p in parent.children(recursive=True) if p not in ours]


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
