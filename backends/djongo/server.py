"""MongoDB through Djongo, which reads Django's SQL; the servers are those of backends/mongodb."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from backends.mongodb import server as mongodb
from runner import packages
from runner.backend import Backend, Provider
from runner.errors import CannotRun
from runner.processes import ROOT

HOME = ROOT / "build" / "djongo-venv"


def environment() -> dict[str, str]:
    """Return the variables with which tests start a server in this environment, not in Djongo's."""
    return {"RUNNER_PYTHON": os.environ.get("RUNNER_PYTHON", sys.executable)}


@contextmanager
def _server(provider: Provider, data: Path | None) -> Iterator[str]:
    if Path(sys.prefix) == HOME:  # what the server needs would bring a newer sqlparse along
        raise CannotRun("Start servers with another Python than that of build/djongo-venv.")
    packages.install("mongodb")  # SecantusDB, and the driver that asks any server whether it is up
    with provider.server(data) as url:
        yield url


BACKEND = Backend(
    name="djongo",
    suite_seconds=430,
    providers=[replace(each, server=partial(_server, each)) for each in mongodb.BACKEND.providers],
    own_virtualenv=True,  # its requirements contradict all others, and its licence is the AGPL
    variables=environment,
)
