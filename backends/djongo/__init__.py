"""MongoDB through Djongo, which reads Django's SQL; the servers are those of backends/mongodb."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from backends import mongodb, packages
from backends.errors import CannotRun
from backends.mongodb import server_version
from backends.processes import ROOT
from backends.providers import Provider

__all__ = ["APART", "PROVIDERS", "environment", "server_version"]

APART = True  # Djongo's requirements contradict everybody else's, and its licence is the AGPL
HOME = ROOT / "build" / "djongo-venv"


def environment() -> dict[str, str]:
    """For tests that start a server: from here, not from Djongo's own environment."""
    return {"BACKENDS_PYTHON": os.environ.get("BACKENDS_PYTHON", sys.executable)}


@contextmanager
def _server(provider: Provider, data: Path | None) -> Iterator[str]:
    if Path(sys.prefix) == HOME:  # what the server needs would bring a newer sqlparse along
        raise CannotRun("Start servers with another Python than that of build/djongo-venv.")
    packages.install("mongodb")  # SecantusDB, and the driver that asks any server whether it is up
    with provider.server(data) as url:
        yield url


PROVIDERS = [replace(each, server=partial(_server, each)) for each in mongodb.PROVIDERS]
