"""The PostgreSQL server that all peers use."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.backends import backend


@contextmanager
def postgresql() -> Iterator[tuple[str, Path]]:
    """Yield the URL and the log of a new server, which is stopped and deleted at the end.

    It is durable (fsync), as that of `make serve`; the tests' server writes orders faster, and
    loses them in a crash. POSTGRESQL_URL is not used, because the log of that server is elsewhere.
    """
    with tempfile.TemporaryDirectory(prefix="benchmark-") as directory:
        data = Path(directory)
        with backend("postgresql").provider().server(data) as url:
            yield url, data / "postgresql.log"
