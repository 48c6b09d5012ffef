"""The PostgreSQL server that all peers use."""

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
    """Yield the URL of a server: POSTGRESQL_URL, or a new one that is deleted at the end."""
    # With a data directory the server is durable (fsync), like that of `make serve`. Without one
    # it would be the tests' server, which commits faster but loses its data in a crash.
    with tempfile.TemporaryDirectory(prefix="benchmark-") as directory:
        try:
            with backend("postgresql").server(Path(directory)) as url:
                yield url
        except CannotRun as error:
            raise BenchmarkError(str(error)) from error
