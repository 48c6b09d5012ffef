"""A nested atomic() on a branch is undone alone: ROLLBACK TO SAVEPOINT works after a checkout.

On the server it does nothing on a connection to `database/branch`: tests/dolt/test_savepoints.py.
"""

from __future__ import annotations

import pytest
from django.db import transaction

from bank.models import Customer
from tests.api import Api, problem
from versioning.models import Branch, Commit
from versioning.signatures import signed


def names() -> list[str]:
    return list(Customer.objects.order_by("name").values_list("name", flat=True))


@pytest.mark.parametrize("branch", ["main", "other"])
def test_only_the_inner_block_is_undone_on_any_branch(branch: str, other: Branch) -> None:
    with signed("Three customers", "Ann <ann@example.com>", branch=branch), transaction.atomic():
        Customer.objects.create(name="Ann")
        with pytest.raises(LookupError), transaction.atomic():
            Customer.objects.create(name="Bob")
            raise LookupError
        Customer.objects.create(name="Carl")

    with signed("None", "Ann <ann@example.com>", branch=branch):
        assert names() == ["Ann", "Carl"]
        assert Commit.latest().message == "Three customers"


def test_what_is_undone_to_a_savepoint_is_in_no_commit(main: Branch, other: Branch) -> None:
    with signed("Nothing", "Ann <ann@example.com>", branch="other") as connection:
        with transaction.atomic():
            savepoint = transaction.savepoint()
            Customer.objects.create(name="Ann")
            transaction.savepoint_rollback(savepoint)

        assert connection.made_commit is None
        assert (names(), Commit.latest().pk) == ([], main.hash)


def test_a_refused_order_leaves_nothing_on_the_branch(api: Api, other: Branch) -> None:
    on = {"Dolt-Branch": "other"}
    customer = api.post("/customer/", {"name": "Carl"}, **on).json()
    pen, ink = (
        api.post("/product/", {"name": name, "price": "1", "stock": 5}, **on).json()
        for name in ("pen", "ink")
    )
    before = api.get("/product/", **on)["Dolt-Commit"]

    lines = [{"id": pen["id"], "quantity": 5}, {"id": ink["id"], "quantity": 6}]
    refused = api.post("/order/", {"customer": customer, "products": lines}, **on)

    assert problem(refused, 409)
    assert [product["stock"] for product in api.get("/product/", **on).json()] == [5, 5]
    assert api.get("/order/", **on).json() == []
    assert api.get("/product/", **on)["Dolt-Commit"] == before
