"""The PostgreSQL that all peers share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.errors import BenchmarkError
from runner.backends import backend
from runner.errors import CannotRun


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a server: that of POSTGRESQL_URL, or one that is thrown away at the end."""
    # A server with a data directory is durable (fsync), as the one behind `make serve`: without
    # one it is the tests' server, whose orders cost nothing and are lost in a crash.
    with tempfile.TemporaryDirectory(prefix="benchmark-") as directory:
        try:
            with backend("postgresql").server(Path(directory)) as url:
                yield url
        except CannotRun as error:
            raise BenchmarkError(str(error)) from error
