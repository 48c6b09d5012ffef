"""The containers that several tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.containers.engine import APPLICATIONS, left
from tests.containers.stack import Stack


@pytest.fixture(scope="session", params=APPLICATIONS)
def stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Run each backend's containers in turn, with demo data; `down --volumes` leaves nothing."""
    stack = Stack(request.param, tmp_path_factory.mktemp(request.param))
    try:
        stack.up()
        yield stack
    finally:
        stack.down("--volumes")
    assert left(stack.project) == set()
