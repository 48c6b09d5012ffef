"""Fixtures of the tests that need no particular database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from tests.api import Api
from tests.serving import Server


@pytest.fixture
def api(client: Client) -> Api:
    """Return a client of the REST API, without a database."""
    return Api(client)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Return `python -m runner serve postgresql`, not started; stop it after the test."""
    server = Server(tmp_path, "postgresql")
    yield server
    server.stop()
