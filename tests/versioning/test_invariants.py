"""A merge that is right cell by cell may break what must be true of several tables."""

from __future__ import annotations

from typing import Any

from tests.api import Api, pointers, problem
from tests.versioning.shop import branch, everything, merge, on, product, sell


def broken(api: Api, **body: Any) -> Any:
    """Return the broken invariants of a merge that has no conflicts and changes nothing."""
    before = everything()
    document = problem(merge(api, **body), 409)
    assert (everything(), document["conflicts"], document["violations"]) == (before, [], [])
    return document["invariants"]


def stock(pen: Any, **how: Any) -> dict[str, Any]:
    return {"model": "product", "id": pen["id"], "field": "stock", **how}


def sold_without_tokens(api: Api, count: int = 1) -> list[Any]:
    """Return products of which each branch has sold one, in SQL that writes no stock_token."""
    api.customer()
    pens = [api.product(f"Pen {n}", stock=10) for n in range(count)]
    orders = [sell(api, pen, 1) for pen in pens]
    branch()
    for pen, order in zip(pens, orders, strict=True):
        on("season", "UPDATE products SET stock = 8 WHERE id = %s", pen["id"])
        on("season", "UPDATE order_lines SET quantity = 2 WHERE order_id = %s", order["id"])
        on("main", "UPDATE products SET stock = 8 WHERE id = %s", pen["id"])
        added = "INSERT INTO orders (customer_id, subtotal) SELECT id, '0.00' FROM customers"
        on("main", added)
        on(
            "main",
            "INSERT INTO order_lines (order_id, product_id, price, quantity)"
            " SELECT MAX(id), %s, '1.00', 1 FROM orders",
            pen["id"],
        )
    return pens


def test_stock_and_ordered_that_do_not_add_up_are_refused(api: Api) -> None:
    [pen] = sold_without_tokens(api)

    assert broken(api) == [stock(pen, expected=7, found=8)]
    assert product(api, pen)["stock"] == 8


def test_a_value_or_a_side_decides_what_the_stock_is(api: Api) -> None:
    pens = sold_without_tokens(api, 3)
    resolutions = [
        stock(pens[0], value=7),
        stock(pens[1], take="ours"),
        stock(pens[2], take="theirs"),
    ]

    assert broken(api, resolutions=resolutions[:1]) == [
        stock(pen, expected=7, found=8) for pen in pens[1:]
    ]
    assert merge(api, resolutions=resolutions).status_code == 200

    assert [product(api, pen)["stock"] for pen in pens] == [7, 8, 8]


def test_a_sum_does_not_decide_it(api: Api) -> None:
    [pen] = sold_without_tokens(api)

    assert broken(api, resolutions=[stock(pen, take="sum")]) == [stock(pen, expected=7, found=8)]


def test_a_resolution_of_a_stock_that_is_right_is_refused(api: Api) -> None:
    [pen], cup = sold_without_tokens(api), api.product("Cup", stock=5)

    response = merge(api, resolutions=[stock(pen, value=7), stock(cup, value=7)])

    assert pointers(response) == ["#/resolutions/1"]
    assert product(api, pen)["stock"] == 8


def test_an_order_taken_from_one_side_does_not_take_the_stock_of_the_other(api: Api) -> None:
    customer, pen = api.customer(), api.product("Pen", stock=10)
    order = sell(api, pen, 1)
    branch()
    for name, quantity in (("season", 2), ("main", 5)):
        body = {"customer": customer, "products": [{"id": pen["id"], "quantity": quantity}]}
        assert api.put(f"/order/{order['id']}/", body, **{"Dolt-Branch": name}).status_code == 200
    taken = {"model": "order", "id": order["id"], "field": "products", "take": "theirs"}

    found = broken(api, resolutions=[taken, stock(pen, take="sum")])

    assert found == [stock(pen, expected=8, found=4)]  # both sides took their quantities
    assert merge(api, resolutions=[taken, stock(pen, take="theirs")]).status_code == 200
    assert product(api, pen)["stock"] == 8


def test_products_whose_stock_is_not_counted_are_not_checked(api: Api) -> None:
    customer, pen = api.customer(), api.product("Pen")
    order = sell(api, pen, 1)
    branch()
    for name, quantity in (("season", 2), ("main", 5)):
        body = {"customer": customer, "products": [{"id": pen["id"], "quantity": quantity}]}
        assert api.put(f"/order/{order['id']}/", body, **{"Dolt-Branch": name}).status_code == 200
    taken = {"model": "order", "id": order["id"], "field": "products", "take": "theirs"}

    assert merge(api, resolutions=[taken]).status_code == 200


def test_a_decided_stock_conflicts_with_a_sale_on_a_third_branch(api: Api) -> None:
    [pen] = sold_without_tokens(api)
    branch("third")
    assert merge(api, resolutions=[stock(pen, value=7)]).status_code == 200
    sell(api, pen, 1, on="third")

    found = problem(merge(api, "third"), 409)

    assert found["conflicts"] == [stock(pen, base=8, ours=7, theirs=7)]
