"""What every test can ask for."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.api import Api


@pytest.fixture
def api(client: Client, db: None) -> Api:
    """The REST API on an empty bank."""
    return Api(client)
