"""POST /dolt/merge: what merges, what conflicts, and how conflicts are resolved."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from bank.models import Order, OrderLine
from tests.api import Api, pointers, problem
from tests.versioning.shop import (
    branch,
    everything,
    log,
    merge,
    on,
    product,
    put,
    sell,
)  # fmt: skip
from versioning.models import Branch, Commit


def merged(api: Api, **body: Any) -> Any:
    response = merge(api, **body)
    assert response.status_code == 200, response.content
    return response.json()


def conflicts(api: Api, **body: Any) -> Any:
    """Return the conflicts of a merge that changes nothing and breaks no other rule."""
    before = everything()
    document = problem(merge(api, **body), 409)
    assert (everything(), document["violations"], document["invariants"]) == (before, [], [])
    return document["conflicts"]


def violations(api: Api, **body: Any) -> Any:
    before = everything()
    document = problem(merge(api, **body), 409)
    assert (everything(), document["conflicts"], document["invariants"]) == (before, [], [])
    return document["violations"]


def stock(pen: Any, **how: Any) -> dict[str, Any]:
    return {"model": "product", "id": pen["id"], "field": "stock", **how}


def parents() -> int:
    """Return how many parents the latest commit of main has."""
    with connection.cursor() as cursor:
        sql = "SELECT COUNT(*) FROM dolt_commit_ancestors WHERE commit_hash = %s"
        cursor.execute(sql, [Commit.latest().pk])
        return int(cursor.fetchone()[0])


def change_order(api: Api, order: Any, pen: Any, quantity: int, on: str = "main") -> None:
    products = [{"id": pen["id"], "quantity": quantity}]
    body = {"customer": {"id": order["customer"]["id"]}, "products": products}
    response = api.put(f"/order/{order['id']}/", body, **{"Dolt-Branch": on})
    assert response.status_code == 200, response.content


def test_a_merge_is_one_commit_with_two_parents_and_what_both_changed(api: Api) -> None:
    pen = api.product("Pen", "1.00")
    branch()
    put(api, pen, on="season", price="2.00")
    put(api, pen, on="main", name="Biro")

    found = merged(api)

    assert found == {"hash": Commit.latest().pk, "fast_forward": False}
    assert product(api, pen) == {"name": "Biro", "price": "2.00", "stock": None}
    assert (log()[0], parents()) == ("Merge branch 'season' into main", 2)
    assert Commit.latest().committer == "anybody"
    assert merged(api) == {"hash": found["hash"], "fast_forward": False}  # it is up to date


def test_the_message_is_that_of_the_request(api: Api) -> None:
    pen, cup = api.product(), api.product()
    branch()
    put(api, pen, on="season", price="2.00")
    put(api, cup, on="main", price="2.00")

    merged(api, message="The season begins")

    assert log()[0] == "The season begins"


def test_a_branch_that_only_one_changed_is_moved_forward(api: Api) -> None:
    pen = api.product("Pen", "1.00")
    branch()
    put(api, pen, on="season", price="2.00")

    found = merged(api)

    assert found == {"hash": Branch.objects.get(name="season").hash, "fast_forward": True}
    assert (Commit.latest().pk, product(api, pen)["price"]) == (found["hash"], "2.00")


def test_a_branch_is_merged_into_another_than_main(api: Api) -> None:
    pen = api.product("Pen", "1.00")
    branch()
    put(api, pen, on="season", price="2.00")
    put(api, pen, on="main", name="Biro")

    found = merged(api, source="main", into="season")

    assert product(api, pen, on="season") == {"name": "Biro", "price": "2.00", "stock": None}
    assert Branch.objects.get(name="season").hash == found["hash"]
    assert product(api, pen)["price"] == "1.00"


def test_two_changes_of_one_field_are_a_conflict_that_a_side_or_a_value_resolves(
    api: Api,
) -> None:
    pens = [api.product("Pen", "1.00") for _ in range(3)]
    branch()
    for pen in pens:
        put(api, pen, on="season", price="2.00")
        put(api, pen, on="main", price="3.00", name="Biro")
    price = [{"model": "product", "id": pen["id"], "field": "price"} for pen in pens]
    resolutions = [
        {**price[0], "take": "ours"},
        {**price[1], "take": "theirs"},
        {**price[2], "value": "2.50"},
    ]
    sides = {"base": "1.00", "ours": "3.00", "theirs": "2.00"}

    assert conflicts(api) == [{**each, **sides} for each in price]
    assert conflicts(api, resolutions=resolutions[:2]) == [{**price[2], **sides}]
    merged(api, resolutions=resolutions)

    assert [product(api, pen)["price"] for pen in pens] == ["3.00", "2.00", "2.50"]
    assert {product(api, pen)["name"] for pen in pens} == {"Biro"}
    assert parents() == 2


def test_two_branches_that_sold_the_same_product_conflict_and_the_sum_is_right(api: Api) -> None:
    pen = api.product("Pen", stock=10)
    api.customer()
    branch()
    sell(api, pen, 2, on="season")
    sell(api, pen, 3, on="main")

    assert conflicts(api) == [stock(pen, base=10, ours=7, theirs=8)]
    merged(api, resolutions=[stock(pen, take="sum")])

    assert product(api, pen)["stock"] == 5
    assert Order.objects.count() == 2


def test_the_same_sale_on_both_branches_is_a_conflict_too(api: Api) -> None:
    pen = api.product("Pen", stock=10)
    api.customer()
    branch()
    sell(api, pen, 1, on="season")
    sell(api, pen, 1, on="main")

    assert conflicts(api) == [stock(pen, base=10, ours=9, theirs=9)]
    merged(api, resolutions=[stock(pen, take="sum")])

    assert product(api, pen)["stock"] == 8


def test_all_from_one_side_is_a_merge_too(api: Api) -> None:
    pen = api.product("Pen", "1.00")
    branch()
    on("season", "UPDATE products SET price = '2.00'")
    on("main", "UPDATE products SET price = '3.00'")
    resolution = {"model": "product", "id": pen["id"], "field": "price", "take": "ours"}

    found = merged(api, resolutions=[resolution])

    assert (parents(), product(api, pen)["price"]) == (2, "3.00")
    assert merged(api) == found
    api.customer()  # the server is not in the middle of a merge
    assert parents() == 1


def test_a_product_deleted_on_one_side_and_changed_on_the_other_is_taken_from_one(
    api: Api,
) -> None:
    pens = [api.product("Pen", "1.00", 4) for _ in range(4)]
    branch()
    for pen, deleted_on, changed_on in zip(
        pens, 2 * ["season", "main"], 2 * ["main", "season"], strict=True
    ):
        assert (
            api.delete(f"/product/{pen['id']}/", **{"Dolt-Branch": deleted_on}).status_code == 204
        )
        put(api, pen, on=changed_on, price="2.00")
    row = [{"model": "product", "id": pen["id"], "field": None} for pen in pens]
    base = {"name": "Pen", "price": "1.00", "stock": 4}
    changed = {**base, "price": "2.00"}

    found = conflicts(api)
    merged(
        api,
        resolutions=[
            {**row[0], "take": "ours"},
            {**row[1], "take": "ours"},
            {**row[2], "take": "theirs"},
            {**row[3], "take": "theirs"},
        ],
    )

    sides = [(changed, None), (None, changed)] * 2
    assert found == [
        {**each, "base": base, "ours": ours, "theirs": theirs}
        for each, (ours, theirs) in zip(row, sides, strict=True)
    ]
    assert api.list("/product/") == [{"id": pens[n]["id"], **changed} for n in (0, 3)]


def test_an_order_changed_on_both_sides_is_taken_with_its_lines_from_one(api: Api) -> None:
    pen, cup = api.product("Pen", "1.00"), api.product("Cup", "3.00")
    api.customer()
    for taken in ("ours", "theirs"):
        order = sell(api, pen, 1)
        branch(taken)
        change_order(api, order, pen, 7, on=taken)
        change_order(api, order, cup, 2, on="main")
        place = {"model": "order", "id": order["id"], "field": "products"}

        found = conflicts(api, source=taken)
        merged(api, source=taken, resolutions=[{**place, "take": taken}])

        line = {"price": "1.00", "id": pen["id"]}
        assert found == [
            {
                **place,
                "base": [{**line, "quantity": 1}],
                "ours": [{"id": cup["id"], "quantity": 2, "price": "3.00"}],
                "theirs": [{**line, "quantity": 7}],
            }
        ]
        expected = [(cup["id"], 2)] if taken == "ours" else [(pen["id"], 7)]
        document = api.list(f"/order/{order['id']}/")
        assert [(each["id"], each["quantity"]) for each in document["products"]] == expected
        assert document["subtotal"] == ("6.00" if taken == "ours" else "7.00")


def test_an_order_whose_lines_only_one_side_changed_is_merged(api: Api) -> None:
    pen, _ = api.product("Pen", "1.00"), api.customer("First")
    order = sell(api, pen, 1)
    api.customer("Last")
    branch()
    change_order(api, order, pen, 7, on="season")
    body = {"customer": {"id": api.list("/customer/")[1]["id"]}, "products": [{"id": pen["id"]}]}
    assert api.put(f"/order/{order['id']}/", body).status_code == 200

    merged(api)

    document = api.list(f"/order/{order['id']}/")
    assert (document["customer"]["name"], document["subtotal"]) == ("Last", "7.00")
    assert [each["quantity"] for each in document["products"]] == [7]


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_an_order_deleted_on_one_side_and_changed_on_the_other_is_taken_with_its_lines(
    side: str, api: Api
) -> None:
    api.customer()
    pen = api.product("Pen", "1.00", stock=10)
    order = sell(api, pen, 1)
    branch()
    change_order(api, order, pen, 3, on="season")
    assert api.delete(f"/order/{order['id']}/").status_code == 204
    row = {"model": "order", "id": order["id"], "field": None}

    found = conflicts(api)
    merged(api, resolutions=[{**row, "take": side}, stock(pen, take=side)])

    line = {"id": pen["id"], "price": "1.00"}
    customer = order["customer"]["id"]
    assert found == [
        stock(pen, base=9, ours=10, theirs=7),
        {
            **row,
            "base": {
                "customer": customer,
                "subtotal": "1.00",
                "products": [{**line, "quantity": 1}],
            },
            "ours": None,
            "theirs": {
                "customer": customer,
                "subtotal": "3.00",
                "products": [{**line, "quantity": 3}],
            },
        },
    ]
    assert product(api, pen)["stock"] == (10 if side == "ours" else 7)
    quantities = [each["products"][0]["quantity"] for each in api.list("/order/")]
    assert quantities == ([] if side == "ours" else [3])
    assert OrderLine.objects.count() == len(quantities)


def test_a_change_of_capitals_is_merged(api: Api) -> None:
    pen = api.product("pen", "1.00")
    branch()
    put(api, pen, on="season", name="Pen")
    put(api, pen, on="main", price="2.00")

    merged(api)

    assert product(api, pen) == {"name": "Pen", "price": "2.00", "stock": None}


def test_a_change_of_capitals_alone_is_merged(api: Api) -> None:
    api.customer("carl")
    branch()
    on("season", "UPDATE customers SET name = 'Carl'")
    api.customer("Dora")

    merged(api)

    assert [customer["name"] for customer in api.list("/customer/")] == ["Carl", "Dora"]


def test_amounts_of_merged_rows_keep_every_digit(api: Api) -> None:
    pen, cup = api.product("Pen", "9999999999999999.99"), api.product("Cup", "1.00")
    branch()
    for name, price in (("season", "9999999999999999.97"), ("main", "9999999999999999.95")):
        put(api, pen, on=name, name=f"Pen of {name}")
        put(api, cup, on=name, price=price)
    name = {"model": "product", "id": pen["id"], "field": "name", "take": "theirs"}
    price = {"model": "product", "id": cup["id"], "field": "price", "take": "theirs"}

    merged(api, resolutions=[name, price])

    prices = [product(api, each)["price"] for each in (pen, cup)]
    assert prices == ["9999999999999999.99", "9999999999999999.97"]


def test_a_dry_run_changes_nothing_and_says_what_a_merge_would(api: Api) -> None:
    pen, cup = api.product("Pen", "1.00"), api.product("Cup", "1.00")
    branch()
    put(api, pen, on="season", price="2.00")
    before = everything()

    assert merged(api, dry_run=True) == {"hash": None, "fast_forward": True}
    assert everything() == before
    put(api, cup, price="2.00")
    before = everything()
    assert merged(api, dry_run=True) == {"hash": None, "fast_forward": False}
    assert everything() == before
    put(api, pen, price="3.00")
    assert [each["field"] for each in conflicts(api, dry_run=True)] == ["price"]


def test_a_merged_stock_conflicts_with_a_sale_on_a_third_branch(api: Api) -> None:
    pen = api.product("Pen", stock=10)
    api.customer()
    branch()
    sell(api, pen, 2, on="season")
    sell(api, pen, 3, on="main")
    branch("third")
    merged(api, resolutions=[stock(pen, take="sum")])
    sell(api, pen, 2, on="third")

    assert conflicts(api, source="third") == [stock(pen, base=7, ours=5, theirs=5)]
    merged(api, source="third", resolutions=[stock(pen, take="sum")])

    assert product(api, pen)["stock"] == 3


def test_the_keys_of_two_customers_have_no_sum(api: Api) -> None:
    pen, _ = api.product("Pen", "1.00"), api.customer("First")
    order = sell(api, pen, 1)
    others = [api.customer(name) for name in ("Ann", "Bob", "Carl")]
    branch()
    for name, customer in zip(("season", "main"), others, strict=False):
        on(name, "UPDATE orders SET customer_id = %s", customer["id"])
    place = {"model": "order", "id": order["id"], "field": "customer"}

    response = merge(api, resolutions=[{**place, "take": "sum"}])

    assert pointers(response) == ["#/resolutions/0/take"]
    assert api.list(f"/order/{order['id']}/")["customer"]["name"] == "Bob"


def test_an_order_of_a_customer_that_the_other_branch_deleted_is_a_violation(api: Api) -> None:
    customer, pen = api.customer(), api.product("Pen", "1.00")
    branch()
    order = sell(api, pen, 1, on="season")
    assert api.delete(f"/customer/{customer['id']}/").status_code == 204

    found = violations(api)

    place = {"model": "order", "id": order["id"]}
    assert found == [{**place, "rule": "foreign key", "fields": ["customer"]}]


def test_the_message_of_a_merge_may_be_in_the_header(api: Api) -> None:
    pen, cup = api.product(), api.product()
    branch()
    put(api, pen, on="season", price="2.00")
    put(api, cup, on="main", price="2.00")

    body, headers = {"from": "season"}, {"Dolt-Message": "The season begins"}
    response = api.client.post("/dolt/merge", body, "application/json", headers=headers)

    assert (response.status_code, log()[0]) == (200, "The season begins")


def test_a_decision_on_conflicts_that_have_changed_is_refused(api: Api) -> None:
    api.customer()
    pen = api.product("Pen", "1.00", stock=20)
    branch()
    sell(api, pen, 2, on="season")
    sell(api, pen, 3)
    decided = {"model": "product", "id": pen["id"], "field": "stock", "value": 15}

    def merge(**options: object) -> Any:
        body = {"from": "season", **options}
        return api.client.post("/dolt/merge", body, "application/json")

    heads = merge().json()["heads"]
    sell(api, pen, 4)
    outdated = merge(resolutions=[decided], heads=heads)
    now = merge().json()["heads"]
    decided["value"] = 11
    done = merge(resolutions=[decided], heads=now)

    assert "new commits" in problem(outdated, 409)["detail"]
    assert done.status_code == 200
    assert product(api, pen)["stock"] == 11
