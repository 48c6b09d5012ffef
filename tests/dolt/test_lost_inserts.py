"""Dolt merges two equal inserts with the same key into one row, and acknowledges both.

Therefore every table has a row_token (backends/dolt/schema.py), and our server generates each key
only once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models.signals import pre_save
from django.test import Client

from backends.dolt.schema import tables_without_row_token
from bank.models import Customer, Order, Product, orders
from tests.api import Api
from tests.dolt.concurrent_commits import commit_concurrently
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
KEY = 1_000_000
MODELS: dict[str, Any] = {"customer": Customer, "product": Product, "order": Order}


@transaction.atomic
def insert() -> None:
    execute("INSERT INTO customers (id, name) VALUES (%s, 'Carl')", KEY)


@transaction.atomic
def insert_without_a_token() -> None:
    execute("INSERT INTO customers (id, name, row_token) VALUES (%s, 'Carl', NULL)", KEY)


def execute(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@contextmanager
def one_key_for_two() -> Iterator[None]:
    """Give the first two objects that are saved the same generated key."""
    first = iter(range(2))
    insert_rows = orders.insert

    def give_key(instance: Any, **kwargs: Any) -> None:
        if next(first, None) is not None:
            instance.pk = KEY

    def insert_saved(rows: Any) -> None:
        # A new order is inserted without save(), which calls give_key().
        if rows and isinstance(rows[0], Order):
            rows[0].save(force_insert=True)
        else:
            insert_rows(rows)

    pre_save.connect(give_key)
    try:
        with patch.object(orders, "insert", insert_saved):
            yield
    finally:
        pre_save.disconnect(give_key)


def test_without_the_token_two_equal_inserts_succeed_and_one_is_lost() -> None:
    results = commit_concurrently(insert_without_a_token, insert_without_a_token)

    assert (results, Customer.objects.count()) == ([None, None], 1)


def test_with_the_token_the_second_insert_is_refused_at_commit() -> None:
    results = commit_concurrently(insert, insert)

    [error] = [result for result in results if result is not None]
    assert (type(error), error.args[0]) == (OperationalError, 1213)
    assert Customer.objects.count() == 1


def test_two_equal_requests_that_get_the_same_key_insert_two_rows(kind: str) -> None:
    customer = Api(Client()).customer()
    body = {"name": "pen", "price": 1, "customer": customer, "products": [], "subtotal": 1}

    def post() -> Any:
        return Api(Client()).post(f"/{kind}/", body).json()["id"]

    with one_key_for_two():
        keys = commit_concurrently(post, post)

    assert KEY in keys
    assert len(set(keys)) == 2
    assert MODELS[kind].objects.filter(pk__in=keys).count() == 2


def test_every_table_of_a_model_has_the_token() -> None:
    assert tables_without_row_token(connection) == []


def test_migrate_adds_the_token_to_a_table_without_it() -> None:
    Customer.objects.create(name="Carl")
    execute("ALTER TABLE customers DROP COLUMN row_token")
    without = tables_without_row_token(connection)

    connection.prepare_database()

    assert (without, tables_without_row_token(connection)) == (["customers"], [])
    assert Customer.objects.get().name == "Carl"


def test_concurrent_inserts_get_distinct_keys() -> None:
    # By default Dolt reads and writes its counter without a lock; these inserts would then fail
    # with "duplicate primary key given": see docs/dolt.md.
    Customer.objects.bulk_create(Customer(name="Carl") for _ in range(5000))

    def double(_: int) -> None:
        execute("INSERT INTO customers (name) SELECT name FROM customers LIMIT 5000")

    at_once(double, range(8), threads=8)

    assert Customer.objects.count() == 9 * 5000
