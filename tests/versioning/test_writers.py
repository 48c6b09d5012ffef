"""Concurrent writers of one branch: each acknowledged transaction is one commit."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from bank.models import Order
from tests.api import Api
from tests.threads import at_once
from versioning.models import Branch, Commit
from versioning.signatures import signed

WRITERS, ORDERS, STOCK = 8, 160, 1000


def order(branch: str, body: Any) -> HttpResponse:
    """Order, and again after a 503, as on a busy machine."""
    headers = {"Dolt-Branch": branch, "Dolt-Message": f"Ordered on {branch}"}
    while True:
        answer = Client().post("/order/", body, "application/json", headers=headers)
        if answer.status_code != 503:
            return answer
        time.sleep(int(answer["Retry-After"]))


@pytest.mark.parametrize("branch", ["main", "other"])
def test_each_acknowledged_order_is_one_commit_with_this_order_only(
    branch: str, api: Api, other: Branch
) -> None:
    on = {"Dolt-Branch": branch}
    customer = api.post("/customer/", {"name": "Carl"}, **on).json()
    pen = api.post("/product/", {"name": "Pen", "price": "1", "stock": STOCK}, **on).json()
    quantities = [1 + number % 5 for number in range(ORDERS)]

    answers = at_once(
        lambda quantity: order(
            branch, {"customer": customer, "products": [{"id": pen["id"], "quantity": quantity}]}
        ),
        quantities,
        threads=WRITERS,
    )

    assert {answer.status_code for answer in answers} == {200}
    ordered = {answer["Dolt-Commit"]: answer.json()["id"] for answer in answers}
    assert api.get(f"/product/{pen['id']}/", **on).json()["stock"] == STOCK - sum(quantities)
    with signed("", "Ann <ann@example.com>", branch=branch):
        assert sorted(Order.objects.values_list("pk", flat=True)) == sorted(ordered.values())
        commits = Commit.objects.filter(message=f"Ordered on {branch}")
        assert sorted(commit.pk for commit in commits) == sorted(ordered)
        assert sorted(pair for pair in added_orders() if pair[0] in ordered) == sorted(
            ordered.items()
        )
    assert len(ordered) == ORDERS


def added_orders() -> list[tuple[str, int]]:
    """Return the commits of the branch that have added orders, each with its order."""
    table = connection.ops.quote_name(f"dolt_diff_{Order._meta.db_table}")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_commit, to_id FROM {table} WHERE diff_type = 'added'")  # noqa: S608
        return list(cursor.fetchall())
