"""GET /dolt/diff: what differs between two branches, row by row and field by field."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from tests.api import Api, problem
from tests.versioning.shop import branch, on, product, put, sell, statements


def diff(api: Api, query: str = "to=season") -> list[Any]:
    response = api.client.get(f"/dolt/diff?{query}")  # it looks up two commits
    assert response.status_code == 200, response.content
    return response.json()


def changed(api: Api, query: str = "to=season") -> list[tuple[str, Any, str]]:
    return [(found["model"], found["id"], found["kind"]) for found in diff(api, query)]


def test_a_changed_field_is_shown_before_and_after(api: Api) -> None:
    pen = api.product("Pen", "1.00")
    branch()
    put(api, pen, on="season", price="2.00")

    assert diff(api) == [
        {
            "model": "product",
            "label": "product",
            "id": pen["id"],
            "kind": "changed",
            "fields": {"price": {"label": "price", "from": "1.00", "to": "2.00"}},
        }
    ]


def test_three_dots_leave_out_what_only_the_other_branch_changed(api: Api) -> None:
    pen, cup = api.product("Pen", "1.00"), api.product("Cup", "1.00")
    branch()
    put(api, pen, on="season", price="2.00")
    put(api, cup, on="main", price="3.00")

    assert changed(api) == [("product", pen["id"], "changed")]
    assert changed(api, "to=season&dots=2") == [
        ("product", pen["id"], "changed"),
        ("product", cup["id"], "changed"),
    ]
    assert changed(api, "from=season&to=main") == [("product", cup["id"], "changed")]


def test_an_order_is_shown_with_its_lines_and_the_names_of_what_they_refer_to(api: Api) -> None:
    customer, pen = api.customer("Carl"), api.product("Pen", "1.20", stock=9)
    branch()
    order = sell(api, pen, 2, on="season")

    stock, added, line = diff(api)

    assert stock["fields"] == {"stock": {"label": "stock", "from": 9, "to": 7}}
    assert (added["model"], added["kind"], added["id"]) == ("order", "added", order["id"])
    assert added["fields"]["customer"] == {
        "label": "customer", "from": None, "to": customer["id"],
        "from_name": None, "to_name": "Carl",
    }  # fmt: skip
    assert set(added["fields"]) == {"customer", "subtotal"}
    assert (line["model"], line["label"]) == ("orderline", "order line")
    assert {name: field["to"] for name, field in line["fields"].items()} == {
        "order": order["id"], "product": pen["id"], "price": "1.20", "quantity": 2,
    }  # fmt: skip
    assert line["fields"]["product"]["to_name"] == "Pen"
    assert line["fields"]["order"]["to_name"] == f"Order {order['id']}"


def test_a_removed_row_has_the_names_of_its_time(api: Api) -> None:
    api.customer("Carl")
    order = sell(api, api.product("Pen"), 1)
    branch()
    assert api.delete(f"/order/{order['id']}/", **{"Dolt-Branch": "season"}).status_code == 204
    on("season", "UPDATE customers SET name = 'Carla'")

    customer, removed, line = diff(api)

    assert customer["fields"]["name"] == {"label": "name", "from": "Carl", "to": "Carla"}
    assert (removed["kind"], line["kind"]) == ("removed", "removed")
    assert removed["fields"]["customer"]["from_name"] == "Carl"
    assert removed["fields"]["customer"]["to"] is None


def test_rows_of_which_only_hidden_columns_changed_are_left_out(api: Api) -> None:
    pen = api.product("Pen", stock=9)
    branch()
    put(api, pen, on="season")  # which writes a new stock_token

    assert diff(api) == []


def test_records_of_the_application_are_not_shown(api: Api) -> None:
    branch()
    api.post("/customer/", {"name": "Ann"}, **{"Dolt-Branch": "season", "Idempotency-Key": "k"})

    assert [found["model"] for found in diff(api)] == ["customer"]


def test_pages_contain_each_change_once(api: Api) -> None:
    customers, pens = [api.customer(f"C{n}") for n in range(3)], [api.product() for _ in range(4)]
    branch()
    on("season", "UPDATE customers SET name = 'Ann'")
    on("season", "UPDATE products SET price = '7.00'")

    found: list[Any] = []
    path = "/dolt/diff?to=season&limit=2"
    while path:
        response = api.client.get(path)
        found += response.json()
        on("season", "UPDATE products SET price = '8.00'")  # the next page is of the same commits
        path = response.headers.get("Link", "").partition(">")[0].removeprefix("<")

    assert [each["id"] for each in found] == [each["id"] for each in [*customers, *pens]]
    assert {each["fields"]["price"]["to"] for each in found[3:]} == {"7.00"}


def test_a_page_needs_no_more_statements_for_more_rows(api: Api) -> None:
    api.customer()
    pens = [api.product(f"Pen {n}", stock=9) for n in range(20)]
    branch()
    for pen in pens:
        sell(api, pen, 1, on="season")

    diff(api)
    counts = [statements(lambda: diff(api, f"to=season&limit={n}")) for n in (41, 60)]  # noqa: B023

    assert counts == [10, 10]


def test_a_patch_makes_one_branch_the_same_as_the_other(api: Api) -> None:
    pen, customer = api.product("Pen", "1.00"), api.customer()
    order, gone = sell(api, pen, 1), api.product()
    branch()
    put(api, pen, on="season", name="It's \\'; -- %s", price="2.00")
    api.post("/customer/", {"name": "Ann"}, **{"Dolt-Branch": "season", "Idempotency-Key": "k"})
    body = {"customer": customer, "products": [{"id": pen["id"], "quantity": 7}]}
    api.put(f"/order/{order['id']}/", body, **{"Dolt-Branch": "season"})
    api.delete(f"/product/{gone['id']}/", **{"Dolt-Branch": "season"})

    response = api.client.get("/dolt/diff?to=season", headers={"Accept": "application/sql"})

    assert response["Content-Type"] == "application/sql; charset=utf-8"
    for statement in response.content.decode().splitlines():
        on("main", statement.replace("%", "%%"))
    assert diff(api, "to=season&dots=2") == []
    assert product(api, pen)["name"] == "It's \\'; -- %s"
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM stored_answers")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "name", ["nowhere", "'", "--abort", "main' OR '1", "0" * 32, "a\0b", "é", "x" * 5000, ""]
)
def test_an_unknown_revision_is_a_404(name: str, api: Api) -> None:
    branch()

    for query in ({"from": name, "to": "season"}, {"to": name}):
        response = api.client.get("/dolt/diff", query)
        problem(response, 404)


@pytest.mark.parametrize(
    "query",
    [
        "to=main&limit=0", "to=main&limit=1001", "to=main&dots=4", "to=main&after=5", "",
        "to=main&after=stored_answers:1", "to=main&after=product:1 OR 1", "to=main&after=product:",
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_a_422(query: str, api: Api) -> None:
    problem(api.client.get(f"/dolt/diff?{query}"), 422)


def test_a_change_of_capitals_is_shown(api: Api) -> None:
    customer = api.customer("carl")
    branch()
    on("season", "UPDATE customers SET name = 'Carl'")

    assert changed(api) == [("customer", customer["id"], "changed")]


@pytest.mark.parametrize(("before", "after"), [(5, None), (None, 5)])
def test_a_stock_that_is_no_longer_counted_is_shown(
    api: Api, before: int | None, after: int | None
) -> None:
    pen = api.product("Pen", stock=before)
    branch()
    put(api, pen, on="season", stock=after)

    [found] = diff(api)

    assert found["fields"] == {"stock": {"label": "stock", "from": before, "to": after}}


def test_a_patch_deletes_an_order_after_its_lines_and_before_its_customer(api: Api) -> None:
    pen, customer = api.product("Pen", "1.00"), api.customer()
    order = sell(api, pen, 1)
    branch()
    for path in (f"/order/{order['id']}/", f"/customer/{customer['id']}/"):
        assert api.delete(path, **{"Dolt-Branch": "season"}).status_code == 204

    response = api.client.get("/dolt/diff?to=season", headers={"Accept": "application/sql"})
    for statement in response.content.decode().splitlines():
        on("main", statement)

    assert diff(api, "to=season&dots=2") == []
    assert (api.list("/order/"), api.list("/customer/")) == ([], [])
