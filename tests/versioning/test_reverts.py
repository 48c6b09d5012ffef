"""POST /dolt/revert and /dolt/cherry-pick."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse

from bank.models import IdempotencyRecord
from tests.api import Api, problem
from tests.orm.models import Person
from tests.versioning.shop import branch, everything, log, merge, product, put, sell
from versioning.models import Branch, Commit


def revert(api: Api, commit: str, **body: Any) -> HttpResponse:
    return api.client.post("/dolt/revert", {"commit": commit, **body}, "application/json")


def pick(api: Api, commit: str, **body: Any) -> HttpResponse:
    return api.client.post("/dolt/cherry-pick", {"commit": commit, **body}, "application/json")


def head(name: str = "main") -> str:
    return Branch.objects.get(name=name).hash


def refused(response: HttpResponse, before: Any, status: int = 409) -> Any:
    """Return the problem; nothing was changed."""
    document = problem(response, status)
    assert everything() == before
    return document


def test_a_reverted_change_is_undone_and_later_ones_of_other_fields_stay(api: Api) -> None:
    pen = api.product("Pen", "1.00")
    put(api, pen, price="2.00")
    wrong = head()
    put(api, pen, name="Biro")

    response = revert(api, wrong)

    assert response.json() == {"hash": head()}
    assert product(api, pen) == {"name": "Biro", "price": "1.00", "stock": None}
    assert log()[0] == f'Revert "PUT /product/{pen["id"]}/"'
    assert Commit.latest().committer == "anybody"


def test_a_repeated_revert_of_a_hash_changes_nothing_and_a_key_is_refused(api: Api) -> None:
    pen = api.product("Pen", "1.00")
    put(api, pen, price="2.00")
    wrong = head()
    revert(api, wrong)
    undone = everything()

    again = revert(api, wrong)
    with_key = api.client.post(
        "/dolt/revert",
        {"commit": "main"},
        "application/json",
        headers={"Idempotency-Key": "a"},
    )

    assert "Nothing has changed" in refused(again, undone)["detail"]
    [error] = refused(with_key, undone, 422)["errors"]
    assert error["header"] == "Idempotency-Key"
    assert "hashes" in error["detail"]


def test_a_reverted_order_is_gone_and_its_products_are_back_in_stock(api: Api) -> None:
    api.customer()
    pen = api.product("Pen", stock=9)
    sell(api, pen, 2)
    sold = head()

    assert revert(api, sold).status_code == 200
    undone = head()

    assert (api.list("/order/"), product(api, pen)["stock"]) == ([], 9)
    assert revert(api, undone).status_code == 200
    assert product(api, pen)["stock"] == 7
    assert [line["quantity"] for line in api.list("/order/")[0]["products"]] == [2]


def test_a_changed_order_gets_its_lines_back(api: Api) -> None:
    customer, pen = api.customer(), api.product("Pen", "1.00")
    order = sell(api, pen, 2)
    body = {"customer": customer, "products": [{"id": pen["id"], "quantity": 5}]}
    api.put(f"/order/{order['id']}/", body)

    assert revert(api, head()).status_code == 200

    assert api.list(f"/order/{order['id']}/") == order


def test_the_answer_kept_for_a_key_stays_after_a_revert(api: Api) -> None:
    api.post("/customer/", {"name": "Ann"}, **{"Idempotency-Key": "k"})

    assert revert(api, head()).status_code == 200

    assert (api.list("/customer/"), IdempotencyRecord.objects.count()) == ([], 1)


def test_a_value_that_was_changed_again_is_a_conflict(api: Api) -> None:
    pen = api.product("Pen", "1.00")
    put(api, pen, price="2.00")
    wrong = head()
    put(api, pen, price="3.00")

    document = refused(revert(api, wrong), everything())

    sides = {"base": "2.00", "ours": "3.00", "theirs": "1.00"}
    place = {"model": "product", "id": pen["id"], "field": "price"}
    assert document["conflicts"] == [{**place, **sides}]


def test_a_sale_cannot_be_reverted_after_the_next_one(api: Api) -> None:
    api.customer()
    pen = api.product("Pen", stock=9)
    sell(api, pen, 2)
    sold = head()
    sell(api, pen, 1)

    document = refused(revert(api, sold), everything())

    sides = {"base": 7, "ours": 6, "theirs": 9}
    place = {"model": "product", "id": pen["id"], "field": "stock"}
    assert document["conflicts"] == [{**place, **sides}]


def test_a_new_product_that_was_ordered_since_cannot_be_reverted(api: Api) -> None:
    api.customer()
    pen = api.product("Pen")
    added = head()
    order = sell(api, pen, 1)

    [violation] = refused(revert(api, added), everything())["violations"]

    assert (violation["model"], violation["rule"]) == ("orderline", "foreign key")
    assert api.list(f"/order/{order['id']}/") == order


def test_a_commit_is_picked_from_another_branch(api: Api) -> None:
    pen, cup = api.product("Pen", "1.00"), api.product("Cup", "1.00")
    branch()
    put(api, pen, on="season", price="2.00")
    wanted = head("season")
    put(api, cup, on="season", price="2.00")
    put(api, pen, name="Biro")

    response = pick(api, wanted)

    assert response.json() == {"hash": head()}
    assert product(api, pen) == {"name": "Biro", "price": "2.00", "stock": None}
    assert product(api, cup)["price"] == "1.00"
    assert log()[0] == f"PUT /product/{pen['id']}/"
    refused(pick(api, wanted), everything())  # there is nothing left to change


def test_a_picked_commit_conflicts_with_another_value(api: Api) -> None:
    pen = api.product("Pen", "1.00")
    branch()
    put(api, pen, on="season", price="2.00")
    put(api, pen, price="3.00")

    document = refused(pick(api, head("season")), everything())

    assert [each["field"] for each in document["conflicts"]] == ["price"]


def test_it_works_on_another_branch_with_a_message_of_its_own(api: Api) -> None:
    branch()
    pen = api.post("/product/", {"name": "Pen", "price": 1}, **{"Dolt-Branch": "season"}).json()
    path, body = "/dolt/revert", {"commit": "season", "branch": "season"}

    response = api.client.post(path, body, "application/json", headers={"Dolt-Message": "Wrong"})

    assert response.json() == {"hash": head("season")}
    assert api.get(f"/product/{pen['id']}/", **{"Dolt-Branch": "season"}).status_code == 404
    assert Branch.objects.get(name="season").latest_commit_message == "Wrong"


def test_merges_and_commits_of_other_tables_are_refused(api: Api) -> None:
    pen = api.product("Pen", "1.00")
    branch()
    put(api, pen, on="season", price="2.00")
    put(api, pen, name="Biro")
    assert merge(api).status_code == 200
    merged = head()
    Person(first_name="Andy", last_name="Arxthur").save()

    for commit in (merged, head()):
        refused(revert(api, commit), everything())
        refused(pick(api, commit), everything())


@pytest.mark.parametrize("name", ["nowhere", "'; --", "--abort", "", "a\0b", "é", "0" * 32])
def test_unknown_names_are_a_404(name: str, api: Api) -> None:
    api.customer()
    before = everything()

    for call in (revert, pick):
        refused(call(api, name), before, 404)
        refused(call(api, "main", branch=name), before, 404)


@pytest.mark.parametrize("wrong", [1, None, [], {"a": 1}, "\ud800"])
def test_other_types_are_a_422(wrong: Any, api: Api) -> None:
    for call in (revert, pick):
        refused(call(api, wrong), everything(), 422)
