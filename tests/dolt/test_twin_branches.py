"""Branches whose names differ only in capitals, which the server mixes up, are not used."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from tests.api import Api, problem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def twins() -> Iterator[None]:
    """Create two such branches as another program can; delete them after the test."""
    with connection.cursor() as cursor:
        for name in ("season", "Season"):
            cursor.execute("CALL dolt_branch(%s)", [name])
        yield
        for name in ("season", "Season"):
            cursor.execute("CALL dolt_branch('-D', %s)", [name])


def test_a_request_on_one_of_them_is_refused(client: Client, twins: None) -> None:
    api = Api(client)

    answers = [
        api.post("/customer/", {"name": "Ann"}, **{"Dolt-Branch": name})
        for name in ("season", "Season")
    ]

    assert all("capitals" in problem(answer, 409)["detail"] for answer in answers)
    assert api.list("/customer/") == []
