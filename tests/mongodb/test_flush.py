"""Emptying collections, which ends every test on MongoDB that wrote rows."""

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


def test_every_given_collection_is_emptied() -> None:
    connection.ensure_connection()
    collections = [connection.database[f"flush_{number}"] for number in range(4)]
    for collection in collections[:3]:
        collection.insert_many([{"a": 1}, {"a": 2}])

    empty(connection.database, [collection.name for collection in collections])

    left = [collection.count_documents({}) for collection in collections]
    for collection in collections:
        collection.drop()
    assert left == [0, 0, 0, 0]


def test_reading_marks_no_table_as_written() -> None:
    flush()

    list(Customer.objects.filter(name="Carl"))
    Customer.objects.count()

    assert written.tables() == set()


def test_a_flush_deletes_rows_written_by_another_client_in_another_thread() -> None:
    def write() -> None:
        with MongoClient(connection.settings_dict["HOST"]) as client:
            database = client[connection.settings_dict["NAME"]]
            database["customers"].insert_one({"name": "Carl"})

    flush()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(write).result()
    before = Customer.objects.count()

    flush()

    assert (before, Customer.objects.count()) == (1, 0)
