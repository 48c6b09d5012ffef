"""SecantusDB, the stand-in: the two bugs that backends/mongodb/secantusdb.py patches.

A test shows them on the unpatched server. When it fails, the patch can be deleted.
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


def unpatched_command(port: int, directory: Path, durable: bool) -> Sequence[str]:
    address = ["--host", "127.0.0.1", "--port", str(port)]
    return [sys.executable, "-P", "-m", "secantus", *address, "--storage-path", str(directory)]


def customers(url: str) -> Iterator[Collection[Any]]:
    with MongoClient(url) as client:
        client.bank.customers.insert_one(dict(CARL))
        yield client.bank.customers


@pytest.fixture(scope="module")
def unpatched() -> Iterator[Collection[Any]]:
    with _server("secantusdb", unpatched_command, None) as url:
        yield from customers(url)


@pytest.fixture(scope="module")
def patched() -> Iterator[Collection[Any]]:
    with BACKEND.providers[-1].server(None) as url:
        yield from customers(url)


@pytest.mark.parametrize(("stage", "right", "wrong"), BUGS)
def test_the_unpatched_server_returns_wrong_results(
    unpatched: Collection[Any], stage: Any, right: Any, wrong: Any
) -> None:
    assert list(unpatched.aggregate([stage])) == [wrong]


@pytest.mark.parametrize(("stage", "right", "wrong"), BUGS)
def test_the_patched_server_returns_the_results_of_mongodb(
    patched: Collection[Any], stage: Any, right: Any, wrong: Any
) -> None:
    assert list(patched.aggregate([stage])) == [right]


def test_the_patch_leaves_expressions_unchanged(patched: Collection[Any]) -> None:
    stage = {"$project": {"older": {"$add": ["$customer.age", 1]}, "customer": {"age": 1}}}

    assert list(patched.aggregate([stage])) == [{"_id": 1, "older": 8, "customer": {"age": 7}}]


@pytest.mark.django_db
def test_secantusdb_is_never_reported_as_mongodb() -> None:
    stand_in = "secantusVersion" in connection.database.command("buildInfo")

    assert Engine().server_version().startswith("SecantusDB ") == stand_in
