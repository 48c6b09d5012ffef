"""A shop on branches: short functions for what the tests of diffs and merges need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpResponse

from tests.api import Api
from versioning.models import Branch, Commit
from versioning.signatures import signed

ANN = "Ann <ann@example.com>"


def branch(name: str = "season") -> None:
    """Create a branch of main."""
    Branch(name=name).save()


def on(name: str, sql: str, *parameters: Any) -> None:
    """Execute this statement on a branch, as one commit.

    Its message differs from another branch's: the same change of both in one second, with the same
    message, would be the same commit of both.
    """
    with signed(f"by hand on {name}", ANN, branch=name), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def put(api: Api, product: Any, on: str = "main", **fields: Any) -> None:
    """Change these fields of a product on a branch."""
    path = f"/product/{product['id']}/"
    body = {**api.get(path, **{"Dolt-Branch": on}).json(), **fields}
    response = api.put(path, body, **{"Dolt-Branch": on})
    assert response.status_code == 200, response.content


def sell(api: Api, product: Any, quantity: int, on: str = "main") -> Any:
    """Order a number of pieces on a branch, for the customer 1 of the branch."""
    customer = api.list("/customer/?limit=1")[0]
    body = {"customer": customer, "products": [{"id": product["id"], "quantity": quantity}]}
    response = api.post("/order/", body, **{"Dolt-Branch": on})
    assert response.status_code == 200, response.content
    return response.json()


def merge(api: Api, source: str = "season", **body: Any) -> HttpResponse:
    """Merge a branch into main; resolved conflicts may need the same statement several times."""
    text = {"from": source, **body}
    return api.client.post("/dolt/merge", text, "application/json")


def product(api: Api, product: Any, on: str = "main") -> Any:
    """Return a product as it is on a branch, without its id."""
    found = api.get(f"/product/{product['id']}/", **{"Dolt-Branch": on}).json()
    del found["id"]
    return found


def log() -> list[str]:
    """Return the messages of the commits of main, newest first."""
    return [commit.message for commit in Commit.objects.all()]


def everything() -> Any:
    """Return the hash of the data, the branches, the log and what is uncommitted."""
    statements = (
        "SELECT dolt_hashof_db()",
        "SELECT name, hash FROM dolt_branches ORDER BY name",
        "SELECT commit_hash FROM dolt_log",
        "SELECT * FROM dolt_status",
    )
    with connection.cursor() as cursor:
        return [_rows(cursor, sql) for sql in statements]


def statements(work: Callable[[], Any]) -> int:
    """Return how many statements this executes, without those of transactions."""
    count = 0

    def counted(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, *rest)

    with connection.execute_wrapper(counted):
        work()
    return count


def _rows(cursor: Any, sql: str) -> list[Any]:
    cursor.execute(sql)
    return list(cursor.fetchall())
