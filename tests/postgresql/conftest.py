"""A running application that the tests of this directory share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serving import Server


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start `python -m runner serve` once for all tests of this directory."""
    server = Server(tmp_path_factory.mktemp("running"))
    server.start("--no-demo")
    yield server
    server.stop()
