"""Features of Dolt's storage: versions of the data, and garbage collection; and the file's mode."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from backends.doltlite.collect import LEAST, collect
from bank.models import Product
from bank.transactions import retry_transaction
from tests.serving import Server
from tests.threads import at_once
from versioning.signatures import commits_by_hand

pytestmark = pytest.mark.django_db(transaction=True)


def query(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_the_change_of_a_commit_is_shown_by_dolt_diff() -> None:
    pen = Product.objects.create(name="pen", price=1, stock=5)

    query("UPDATE products SET price = '2.00' WHERE id = %s", pen.pk)

    assert query(
        "SELECT diff_type, from_price, to_price FROM dolt_diff_products "
        "WHERE to_commit = dolt_hashof('HEAD')"
    ) == [("modified", "1.00", "2.00")]


def test_a_change_since_a_commit_by_hand_is_shown_by_dolt_diff() -> None:
    with commits_by_hand():
        pen = Product.objects.create(name="pen", price=1, stock=5)
        [(commit,)] = query("SELECT dolt_commit('-A', '-m', 'one pen')")
        Product.objects.filter(pk=pen.pk).update(price=2)

        changes = query(
            "SELECT diff_type, from_price, to_price FROM dolt_diff_products "
            "WHERE from_commit = %s AND to_commit = 'WORKING'",
            commit,
        )

    assert query("SELECT message FROM dolt_log LIMIT 1") == [("one pen",)]
    assert changes == [("modified", "1.00", "2.00")]


def test_garbage_collection_loses_no_concurrent_write() -> None:
    pens = [Product.objects.create(name="pen", price=1, stock=0) for _ in range(4)]
    file = Path(connection.settings_dict["NAME"])

    @retry_transaction
    def add_one(pen: Product) -> None:
        stock = Product.objects.get(pk=pen.pk).stock
        Product.objects.filter(pk=pen.pk).update(stock=stock + 1)

    def work(turn: int) -> None:
        if turn % 100 == 99:
            collect(file)
        add_one(pens[turn % 4])

    at_once(work, range(400), threads=4)

    grown = file.stat().st_size
    collect(file)
    assert file.stat().st_size < grown
    assert [*Product.objects.values_list("stock", flat=True)] == [100] * 4


def test_the_files_of_a_running_server_are_garbage_collected(server: Server) -> None:
    server.start("--no-demo")
    carl = server.call("POST", "/customer/", {"name": "Carl"})
    files = [server.data / name for name in ("bank.db", "bank.db.site")]

    for file in files:
        with closing(sqlite3.connect(file, isolation_level=None)) as writer:
            writer.execute("CREATE TABLE waste (text PRIMARY KEY)")
            while file.stat().st_size <= LEAST:
                writer.execute("INSERT INTO waste VALUES (hex(randomblob(500000)))")
                writer.execute("DELETE FROM waste")
    give_up = time.monotonic() + 20
    while any(file.stat().st_size > LEAST / 2 for file in files):
        assert time.monotonic() < give_up
        time.sleep(0.1)

    assert server.call("GET", "/customer/") == [carl]


def test_a_new_file_is_readable_by_its_owner_only_with_any_umask(tmp_path: Path) -> None:
    engine = connection.copy()
    engine.settings_dict["NAME"] = str(tmp_path / "bank.db")
    mask = os.umask(0)
    try:
        with engine.cursor() as cursor:
            cursor.execute("CREATE TABLE t (a)")
    finally:
        os.umask(mask)
        engine.close()

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes["bank.db"] == 0o600
    assert {*modes.values()} == {0o600}


def test_files_that_others_can_read_are_made_private_at_the_next_start(server: Server) -> None:
    server.start("--no-demo")
    server.stop()
    files = [server.data / name for name in ("bank.db", "bank.db.site")]
    for file in files:
        file.chmod(0o666)

    server.start("--no-demo")

    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
