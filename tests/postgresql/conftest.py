"""A running application for the tests of its front: the same for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serving import Server


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`python -m runner serve`, started once for the tests of this folder."""
    server = Server(tmp_path_factory.mktemp("running"))
    server.start("--no-demo")
    yield server
    server.stop()
