"""What every test can ask for."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.api import Api


@pytest.fixture
def api(client: Client, db: None) -> Api:
    """The REST API on an empty bank."""
    return Api(client)


@pytest.fixture(params=["customer", "product", "order"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each of the three kinds of things in turn: what holds for one must hold for all."""
    return str(request.param)
