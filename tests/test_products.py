"""/product/: create, read, replace, delete; valid and invalid prices and stocks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api, pointers, problem

MAX = "9999999999999999.99"


def body(price: str = '"1.20"', stock: str = "null") -> str:
    """Return a product as JSON text with these numbers unchanged, which Python would reformat."""
    return f'{{"name": "Pen", "price": {price}, "stock": {stock}}}'


def test_post_returns_all_members_of_the_new_product(api: Api) -> None:
    response = api.post("/product/", {"name": "Pen", "price": "1.20", "stock": 5})

    assert response.status_code == 200
    document = response.json()
    assert document == {"id": document["id"], "name": "Pen", "price": "1.20", "stock": 5}


def test_get_returns_the_product_that_was_posted(api: Api) -> None:
    pen, cup = api.product("Pen", "1.20", stock=5), api.product("Cup", "3.00")

    assert api.get(f"/product/{pen['id']}/").json() == pen
    assert api.list("/product/") == [pen, cup]


def test_put_replaces_all_members_of_this_product_only(api: Api) -> None:
    pen, cup = api.product("Pen", "1.20", stock=5), api.product("Cup")

    response = api.put(f"/product/{pen['id']}/", {"name": "Biro", "price": 0.30})

    replaced = {"id": pen["id"], "name": "Biro", "price": "0.30", "stock": None}
    assert (response.status_code, response.json()) == (200, replaced)
    assert api.list("/product/") == [replaced, cup]


def test_delete_removes_this_product_only(api: Api) -> None:
    pen, cup = api.product("Pen"), api.product("Cup")

    response = api.delete(f"/product/{pen['id']}/")

    assert (response.status_code, response.content) == (204, b"")
    problem(api.get(f"/product/{pen['id']}/"), 404)
    assert api.list("/product/") == [cup]


def test_a_product_with_orders_cannot_be_deleted(api: Api) -> None:
    pen = api.product()
    order = api.order(api.customer(), pen)

    response = api.delete(f"/product/{pen['id']}/")

    assert problem(response, 409)["detail"] == "This product has orders: delete them first."
    assert api.list("/product/") == [pen]
    assert api.list("/order/") == [order]


def test_a_product_whose_orders_are_deleted_can_be_deleted(api: Api) -> None:
    pen = api.product()
    order = api.order(api.customer(), pen)
    api.delete(f"/order/{order['id']}/")

    assert api.delete(f"/product/{pen['id']}/").status_code == 204
    assert api.list("/product/") == []


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param('"1.20"', "1.20", id="string"),
        pytest.param('"1.2"', "1.20", id="string with one decimal"),
        pytest.param('"5"', "5.00", id="string without decimals"),
        pytest.param('"007.10"', "7.10", id="leading zeros"),
        pytest.param("0.30", "0.30", id="number"),
        pytest.param("0.1", "0.10", id="number with one decimal"),
        pytest.param("18.2", "18.20", id="the tutorial's number"),
        pytest.param("5", "5.00", id="integer"),
        pytest.param("1.500", "1.50", id="zeros that say nothing"),
        pytest.param("1.2e1", "12.00", id="exponent"),
        pytest.param("0", "0.00", id="nothing"),
        pytest.param("-0.00", "0.00", id="negative zero"),
        pytest.param("0.01", "0.01", id="least"),
        pytest.param(f'"{MAX}"', MAX, id="most as string"),
        pytest.param(MAX, MAX, id="most as number, exactly"),
        pytest.param("1234567890123456.78", "1234567890123456.78", id="more than a float holds"),
    ],
)
def test_a_valid_price_is_stored_exactly(api: Api, written: str, shown: str) -> None:
    product = api.post("/product/", body(price=written)).json()

    assert product["price"] == shown
    assert api.get(f"/product/{product['id']}/").json()["price"] == shown
    assert api.list("/product/") == [product]


@pytest.mark.parametrize(
    "price",
    [
        *("-0.01", '"-1"', "0.001", '"1.234"', "10000000000000000", '"10000000000000000.00"'),
        *("9999999999999999.991", "1e400", "1e-400", '"1e2"', '"NaN"', '"Infinity"', '"-Infinity"'),
        *('""', '" 1"', '"1 "', '"1\\n"', '"1_000"', '"1,50"', '"+1"', '".5"', '"5."', '"0x10"'),
        *('"١"', '"\\ud800"', '"\\u0000"', "null", "true", "false", "[]", '["1"]', "{}"),
        pytest.param('"' + "9" * 5000 + '"', id="5000 digits in a string"),
        pytest.param("0." + "1" * 5000, id="5000 decimals"),
    ],
)
def test_an_invalid_price_is_refused_and_changes_nothing(api: Api, price: str) -> None:
    pen = api.product()

    created = api.post("/product/", body(price=price))
    replaced = api.put(f"/product/{pen['id']}/", body(price=price))

    assert pointers(created) == ["#/price"]
    assert pointers(replaced) == ["#/price"]
    assert api.list("/product/") == [pen]


@pytest.mark.parametrize("stock", [None, 0, 1, 2**31 - 1])
def test_a_valid_stock_is_stored(api: Api, stock: int | None) -> None:
    product = api.product(stock=stock)

    assert product["stock"] == stock
    assert api.list("/product/") == [product]


@pytest.mark.parametrize("stock", ["-1", "1.5", '"5"', "true", "[]", "1e400", "1" + 30 * "0"])
def test_an_invalid_stock_is_refused_and_changes_nothing(api: Api, stock: str) -> None:
    pen = api.product(stock=5)

    created = api.post("/product/", body(stock=stock))
    replaced = api.put(f"/product/{pen['id']}/", body(stock=stock))

    assert pointers(created) == ["#/stock"]
    assert pointers(replaced) == ["#/stock"]
    assert api.list("/product/") == [pen]


@pytest.mark.parametrize("name", ["", " ", "x" * 251, "a\0b", "\ud800", None, 5])
def test_the_rules_for_customer_names_apply_to_products(api: Api, name: Any) -> None:
    response = api.post("/product/", {"name": name, "price": "1.20"})

    assert pointers(response) == ["#/name"]
    assert api.list("/product/") == []


def test_unknown_and_echoed_members_are_ignored(api: Api) -> None:
    pen = api.product("Pen")

    cup = api.post(
        "/product/", {"id": pen["id"], "name": "Cup", "price": 3, "colour": "red"}
    ).json()
    api.put(f"/product/{cup['id']}/", {**cup, "id": pen["id"], "quantity": 0})

    assert cup["id"] != pen["id"]
    assert api.list("/product/") == [pen, cup]
