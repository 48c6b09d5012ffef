"""SecantusDB, the stand-in: the two bugs that backends/mongodb/secantusdb.py mends.

They are shown on SecantusDB as it comes. When that test fails, the mending can go.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pymongo import MongoClient
from pymongo.collection import Collection

from backends.mongodb.server import BACKEND, _server
from bank.engine import Engine

CARL = {"_id": 1, "customer": {"name": "Carl", "age": 7}}
BUGS: list[Any] = [
    pytest.param(
        {"$project": {"customer": {"name": 1}}},
        {"_id": 1, "customer": {"name": "Carl"}},
        {"_id": 1, "customer": {"name": 1}},
        id="$project includes the 1 itself",
    ),
    *[
        pytest.param(
            {stage: {"customer": {"city": {"$literal": "Rome"}}}},
            {"_id": 1, "customer": {"name": "Carl", "age": 7, "city": "Rome"}},
            {"_id": 1, "customer": {"city": "Rome"}},
            id=f"{stage} replaces instead of merging",
        )
        for stage in ("$addFields", "$set")
    ],
]


def stock(port: int, directory: Path, durable: bool) -> Sequence[str]:
    address = ["--host", "127.0.0.1", "--port", str(port)]
    return [sys.executable, "-P", "-m", "secantus", *address, "--storage-path", str(directory)]


def customers(url: str) -> Iterator[Collection[Any]]:
    with MongoClient(url) as client:
        client.bank.customers.insert_one(dict(CARL))
        yield client.bank.customers


@pytest.fixture(scope="module")
def as_it_comes() -> Iterator[Collection[Any]]:
    with _server("secantusdb", stock, None) as url:
        yield from customers(url)


@pytest.fixture(scope="module")
def mended() -> Iterator[Collection[Any]]:
    with BACKEND.providers[-1].server(None) as url:
        yield from customers(url)


@pytest.mark.parametrize(("stage", "right", "wrong"), BUGS)
def test_as_it_comes_it_answers_wrong(
    as_it_comes: Collection[Any], stage: Any, right: Any, wrong: Any
) -> None:
    assert list(as_it_comes.aggregate([stage])) == [wrong]


@pytest.mark.parametrize(("stage", "right", "wrong"), BUGS)
def test_mended_it_answers_as_mongodb_does(
    mended: Collection[Any], stage: Any, right: Any, wrong: Any
) -> None:
    assert list(mended.aggregate([stage])) == [right]


def test_expressions_stay_whole(mended: Collection[Any]) -> None:
    stage = {"$project": {"older": {"$add": ["$customer.age", 1]}, "customer": {"age": 1}}}

    assert list(mended.aggregate([stage])) == [{"_id": 1, "older": 8, "customer": {"age": 7}}]


@pytest.mark.django_db
def test_it_is_never_shown_as_mongodb() -> None:
    stand_in = "secantusVersion" in connection.database.command("buildInfo")

    assert Engine().server_version().startswith("SecantusDB ") == stand_in
