"""How collections are emptied, what every test on MongoDB ends with."""

from __future__ import annotations

import pytest
from django.db import connection

from backends.mongodb.flush import empty

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_one_of_the_collections_is_emptied() -> None:
    connection.ensure_connection()
    collections = [connection.database[f"flush_{number}"] for number in range(4)]
    for collection in collections[:3]:
        collection.insert_many([{"a": 1}, {"a": 2}])

    empty(connection.database, [collection.name for collection in collections])

    left = [collection.count_documents({}) for collection in collections]
    for collection in collections:
        collection.drop()
    assert left == [0, 0, 0, 0]
