"""What a merge refuses, and what it never changes: records, and all in a dry run."""

from __future__ import annotations

from typing import Any

import pytest

from bank.models import DemoData, IdempotencyRecord
from tests.api import Api, pointers, problem
from tests.orm.models import Person
from tests.versioning.shop import branch, everything, merge, on, product, put, sell
from versioning.models import Branch

PRICE = {"model": "product", "field": "price"}


def violations(api: Api, **body: Any) -> Any:
    """Return the violated constraints of a merge that has no conflicts and changes nothing."""
    before = everything()
    document = problem(merge(api, **body), 409)
    assert (everything(), document["conflicts"], document["invariants"]) == (before, [], [])
    return document["violations"]


def priced_twice(api: Api) -> Any:
    """Return a product that has a price of its own on each of two branches."""
    pen = api.product("Pen", "1.00")
    branch()
    put(api, pen, on="season", price="2.00")
    put(api, pen, on="main", price="3.00")
    return pen


def test_an_order_of_a_product_that_the_other_branch_deleted_is_refused(api: Api) -> None:
    api.customer()
    pen, cup = api.product(), api.product()
    branch()
    order = sell(api, pen, 1, on="season")
    assert api.delete(f"/product/{pen['id']}/").status_code == 204
    put(api, cup, on="main", price="7.00")

    [found] = violations(api)

    assert (found["model"], found["rule"]) == ("orderline", "foreign key")
    assert found["fields"] == ["product"]
    assert api.get(f"/order/{order['id']}/", **{"Dolt-Branch": "season"}).status_code == 200
    put(api, cup, on="main", price="8.00")  # the connection can be used


def test_one_product_twice_in_an_order_is_refused(api: Api) -> None:
    api.customer()
    order, cup = sell(api, api.product("Pen"), 1), api.product("Cup")
    branch()
    for name, quantity in (("season", 2), ("main", 3)):
        columns = "INSERT INTO order_lines (order_id, product_id, price, quantity)"
        values = "VALUES (%s, %s, '1.00', %s)"
        on(name, f"{columns} {values}", order["id"], cup["id"], quantity)

    found = violations(api)

    assert {each["rule"] for each in found} == {"order_line_once_per_product"}
    assert [each["fields"] for each in found] == 2 * [["order", "product"]]


def test_a_product_that_is_kept_for_an_order_violates_nothing(api: Api) -> None:
    api.customer()
    pen, deleted = api.product("Pen", "1.00"), {"Dolt-Branch": "main"}
    branch()
    put(api, pen, on="season", price="2.00")
    order = sell(api, pen, 1, on="season")
    assert api.delete(f"/product/{pen['id']}/", **deleted).status_code == 204
    row = {"model": "product", "id": pen["id"], "field": None}

    document = problem(merge(api), 409)
    [violation] = violations(api, resolutions=[{**row, "take": "ours"}])
    assert merge(api, resolutions=[{**row, "take": "theirs"}]).status_code == 200

    assert [each["field"] for each in document["conflicts"]] == [None]
    assert violation["model"] == "orderline"
    assert api.list(f"/order/{order['id']}/") == order


def test_a_product_cannot_be_deleted_while_the_other_branch_ordered_it(api: Api) -> None:
    api.customer()
    pen = api.product("Pen", "1.00")
    branch()
    assert api.delete(f"/product/{pen['id']}/", **{"Dolt-Branch": "season"}).status_code == 204
    put(api, pen, price="2.00")
    sell(api, pen, 1)
    row = {"model": "product", "id": pen["id"], "field": None}

    [violation] = violations(api, resolutions=[{**row, "take": "theirs"}])

    assert (violation["model"], violation["rule"]) == ("orderline", "foreign key")


def test_records_of_the_application_are_not_merged_and_never_conflict(api: Api) -> None:
    DemoData.objects.create(pk=1, orders=1, wanted=5)
    branch()
    for name in ("season", "main"):
        api.post("/customer/", {"name": name}, **{"Dolt-Branch": name, "Idempotency-Key": "key"})
        on(name, "UPDATE demo_data SET orders = %s", len(name))
        on(name, "UPDATE stored_answers SET client = 'the same'")

    response = merge(api)

    assert response.status_code == 200, response.content
    assert [customer["name"] for customer in api.list("/customer/")] == ["season", "main"]
    assert DemoData.objects.get().orders == len("main")
    [record] = IdempotencyRecord.objects.all()
    assert "main" in record.body


def test_a_conflict_in_a_table_of_another_application_is_refused(api: Api) -> None:
    Person(first_name="Andy", last_name="Arxthur").save()
    branch()
    for name in ("season", "main"):
        on(name, "UPDATE orm_person SET first_name = %s", name)
    before = everything()

    assert "orm_person" in problem(merge(api), 409)["detail"]

    assert everything() == before


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_dry_run_gives_the_same_answer_and_writes_nothing(dry_run: bool, api: Api) -> None:
    pen, resolved = priced_twice(api), [{**PRICE, "take": "theirs"}]
    branch("forward")
    put(api, pen, on="forward", name="Biro")
    before = everything()

    conflict = merge(api, dry_run=dry_run)
    assert everything() == before
    answers = []
    for source, resolutions in (("forward", []), ("main", []), ("season", resolved)):
        resolutions = [{**each, "id": pen["id"]} for each in resolutions]
        response = merge(api, source, dry_run=dry_run, resolutions=resolutions)
        assert response.status_code == 200, response.content
        answers.append(response.json())

    assert problem(conflict, 409)["conflicts"][0]["base"] == "1.00"
    assert [answer["fast_forward"] for answer in answers] == [True, False, False]
    assert (everything() == before) is dry_run
    assert all((answer["hash"] is None) is dry_run for answer in answers)
    assert product(api, pen)["price"] == ("3.00" if dry_run else "2.00")


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"model": "user", "take": "ours"}, "/model"),
        ({"model": "'; --", "take": "ours"}, "/model"),
        ({"model": 7, "take": "ours"}, "/model"),
        ({"id": "1 OR 1", "take": "ours"}, "/id"),
        ({"id": 10**30, "take": "ours"}, "/id"),
        ({"id": None, "take": "ours"}, "/id"),
        ({"id": 999, "take": "ours"}, ""),
        ({"field": "stock_token", "take": "ours"}, "/field"),
        ({"field": "price'; --", "take": "ours"}, "/field"),
        ({"field": "\ud800", "take": "ours"}, "/field"),
        ({"field": "name", "take": "ours"}, ""),
        ({"field": None, "take": "ours"}, ""),
        ({"take": "'; DROP TABLE products; --"}, "/take"),
        ({"take": "ours", "value": "2.00"}, "/take"),
        ({}, "/take"),
        ({"value": "'; --"}, "/value"),
        ({"value": "1e9"}, "/value"),
        ({"value": -1}, "/value"),
        ({"value": None}, "/value"),
        ({"value": {"a": []}}, "/value"),
        ({"field": "stock", "value": True}, "/value"),
        ({"field": "name", "value": "\ud800"}, "/value"),
        ({"field": "name", "value": "a\0b"}, "/value"),
        ({"field": "name", "value": "x" * 251}, "/value"),
        ({"model": "order", "field": "customer", "value": "1'"}, "/value"),
        ({"model": "order", "field": "customer", "value": []}, "/value"),
        ({"model": "order", "field": "products", "value": []}, ""),
    ],
)
def test_a_wrong_resolution_is_a_422_that_points_at_it(
    wrong: dict[str, Any], pointer: str, api: Api
) -> None:
    pen = priced_twice(api)
    before = everything()

    response = merge(api, resolutions=[{**PRICE, "id": pen["id"], **wrong}])

    assert pointers(response) == [f"#/resolutions/0{pointer}"]
    assert everything() == before


def test_only_numbers_have_a_sum(api: Api) -> None:
    pen = api.product("Pen", "1.00", 5)
    branch()
    for name, stock in (("season", None), ("main", 7)):
        put(api, pen, on=name, name=name, stock=stock)
    places = [{"model": "product", "id": pen["id"], "field": name} for name in ("name", "stock")]

    for place in places:
        response = merge(api, resolutions=[{**place, "take": "sum"}])
        assert pointers(response) == ["#/resolutions/0/take"]


def test_the_same_resolution_twice_is_refused(api: Api) -> None:
    pen = priced_twice(api)
    resolution = {**PRICE, "id": pen["id"], "take": "ours"}

    assert pointers(merge(api, resolutions=2 * [resolution])) == ["#/resolutions/1"]


def test_a_resolution_without_any_conflict_is_refused(api: Api) -> None:
    pen = api.product("Pen", "1.00")
    branch()
    put(api, pen, on="season", price="2.00")

    response = merge(api, resolutions=[{**PRICE, "id": pen["id"], "take": "ours"}])

    assert pointers(response) == ["#/resolutions/0"]
    assert product(api, pen)["price"] == "1.00"


@pytest.mark.parametrize(
    "name",
    ["nowhere", "", "'; --", "--abort", "a\0b", "main~1", "HEAD", "WORKING", "é", "0" * 32, "%s"],
)
def test_an_unknown_branch_is_a_404(name: str, api: Api) -> None:
    priced_twice(api)
    before = everything()

    problem(merge(api, name), 404)
    problem(merge(api, into=name), 404)

    assert everything() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": 7}, {"from": None}, {"from": "\ud800"}, {"into": []}, {"into": "x" * 251},
        {"message": "x" * 2001}, {"message": "\ud800"}, {"message": "a\0"}, {"dry_run": "maybe"},
        {"resolutions": "ours"}, {"resolutions": [7]},
    ],
)  # fmt: skip
def test_a_wrong_member_is_a_422(wrong: dict[str, Any], api: Api) -> None:
    priced_twice(api)
    before = everything()

    [pointer] = pointers(
        api.client.post("/dolt/merge", {"from": "season", **wrong}, "application/json")
    )

    assert pointer.startswith(f"#/{next(iter(wrong))}")
    assert everything() == before


def test_a_hostile_message_is_only_a_message(api: Api) -> None:
    pen, cup = api.product(), api.product()
    branch()
    put(api, pen, on="season", price="2.00")
    put(api, cup, on="main", price="2.00")
    message = "--author=x'; DROP TABLE products; -- %s \\ é"

    assert merge(api, message=message).status_code == 200

    assert Branch.objects.get(name="main").latest_commit_message == message


def test_a_sum_that_breaks_a_rule_is_refused(api: Api) -> None:
    pen = api.product("Pen", "1.00", stock=10)
    branch()
    for name, stock in (("season", 2), ("main", 3)):
        put(api, pen, on=name, stock=stock)
    before = everything()
    place = {"model": "product", "id": pen["id"], "field": "stock"}

    problem(merge(api, resolutions=[{**place, "take": "sum"}]), 409)

    assert everything() == before
    assert merge(api, resolutions=[{**place, "value": 0}]).status_code == 200
    assert product(api, pen)["stock"] == 0
