"""How collections are emptied, what every test on MongoDB that wrote something ends with."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from pymongo import MongoClient

from backends.mongodb.flush import empty
from bank.models import Customer
from tests import written
from tests.test_flush import flush

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


def test_after_a_flush_reading_leaves_nothing_to_empty() -> None:
    flush()

    list(Customer.objects.filter(name="Carl"))
    Customer.objects.count()

    assert written.tables() == set()


def test_what_another_client_in_another_thread_has_written_is_emptied() -> None:
    def write() -> None:
        with MongoClient(connection.settings_dict["HOST"]) as client:
            database = client[connection.settings_dict["NAME"]]
            database["customers"].insert_one({"name": "Carl"})

    flush()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(write).result()
    there = Customer.objects.count()

    flush()

    assert (there, Customer.objects.count()) == (1, 0)
