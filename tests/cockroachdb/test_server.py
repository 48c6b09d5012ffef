"""The server's name, its isolation level, and its keys."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from tests.api import Api


def test_health_names_cockroachdb(api: Api) -> None:
    assert api.get("/health/").json()["server"].startswith("CockroachDB ")


@pytest.mark.django_db
def test_transactions_are_serializable() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")

        assert cursor.fetchone() == ("serializable",)


@pytest.mark.parametrize("kind", ["customer", "product", "order"])
def test_a_key_beyond_53_bits_is_the_same_in_json_and_in_the_path(api: Api, kind: str) -> None:
    # unique_rowid() is made of the time and the node: https://github.com/cockroachdb/cockroach/issues/15721
    response = api.post(f"/{kind}/", api.body(kind))

    key = json.loads(response.content)["id"]
    assert isinstance(key, int) and key > 2**53
    assert f'"id":{key}'.encode() in response.content
    assert response["Location"].endswith(f"/{kind}/{key}/")
    assert api.get(f"/{kind}/{key}/").json()["id"] == key
