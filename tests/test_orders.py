"""/order/: create, read, replace, delete; prices and subtotals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bank.models import Product
from tests.api import Api, problem

MAX = "9999999999999999.99"


def test_a_new_order_shows_its_customer_and_products(api: Api) -> None:
    carl, pen, cup = api.customer(), api.product("Pen", "1.20"), api.product("Cup", "3.00")

    response = api.post(
        "/order/", {"customer": {"id": carl["id"]}, "products": [_line(pen, 2), _line(cup)]}
    )

    assert response.status_code == 200
    order = response.json()
    assert order == {
        "id": order["id"],
        "subtotal": "5.40",
        "customer": carl,
        "products": [
            {"id": pen["id"], "name": "Pen", "price": "1.20", "quantity": 2},
            {"id": cup["id"], "name": "Cup", "price": "3.00", "quantity": 1},
        ],
    }


def test_get_returns_the_order_that_post_returned(api: Api) -> None:
    first = api.order(api.customer("Carl"), (api.product("Pen"), 2), api.product("Cup"))
    second = api.order(api.customer("Dora"), api.product("Mug"))

    assert api.get(f"/order/{first['id']}/").json() == first
    assert api.list("/order/") == [first, second]


def test_an_order_may_have_a_thousand_lines_in_a_body_of_almost_a_mebibyte(api: Api) -> None:
    Product.objects.bulk_create([Product(name=f"Pen {n}", price=1) for n in range(1000)])
    lines = [
        {"id": product["id"], "name": "x" * 990} for product in api.list("/product/?limit=1000")
    ]
    body = json.dumps({"customer": api.customer(), "products": lines})

    response = api.post("/order/", body)

    assert 1_000_000 < len(body) < 1024 * 1024
    assert (response.status_code, response.json()["subtotal"]) == (200, "1000.00")
    assert api.list("/order/") == [response.json()]
    assert [line["id"] for line in response.json()["products"]] == [line["id"] for line in lines]


def test_the_order_format_of_the_tutorial_is_accepted(api: Api) -> None:
    carl, pen = api.customer("Carl"), api.product("Pen", "1.20")

    order = api.post(
        "/order/",
        {
            "subtotal": "123.4",
            "customer": {"id": carl["id"], "name": None},
            "products": [{"id": pen["id"], "name": None, "price": "0"}],
        },
    ).json()

    assert (order["subtotal"], order["customer"]) == ("123.40", carl)
    assert order["products"] == [{"id": pen["id"], "name": "Pen", "price": "1.20", "quantity": 1}]


@pytest.mark.parametrize("form", [lambda order: order, lambda order: {**order, "id": "x", "y": 1}])
def test_put_of_the_returned_order_changes_nothing(api: Api, form: Any) -> None:
    pen = api.product(stock=5)
    order = api.order(api.customer(), (pen, 2))

    response = api.put(f"/order/{order['id']}/", form(order))

    assert (response.status_code, response.json()) == (200, order)
    assert api.list("/order/") == [order]
    assert api.stock(pen) == 3


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        pytest.param("18.2", "18.20", id="string"),
        pytest.param(18.2, "18.20", id="number"),
        pytest.param(0, "0.00", id="nothing"),
        pytest.param(MAX, MAX, id="most"),
        pytest.param(None, "2.40", id="null: computed"),
    ],
)
def test_a_given_subtotal_is_stored_unchanged(api: Api, written: Any, kept: str) -> None:
    lines = [_line(api.product(price="1.20"), 2)]

    order = api.post(
        "/order/", {"customer": api.customer(), "products": lines, "subtotal": written}
    ).json()

    assert order["subtotal"] == kept
    assert api.list("/order/") == [order]


@pytest.mark.parametrize("empty", [{}, {"products": []}])
def test_an_order_without_products_has_a_subtotal_of_zero(api: Api, empty: Any) -> None:
    order = api.post("/order/", {"customer": api.customer(), **empty}).json()

    assert (order["subtotal"], order["products"]) == ("0.00", [])
    assert api.get(f"/order/{order['id']}/").json() == order
    assert api.list("/order/") == [order]


def test_quantities_of_a_repeated_product_are_added(api: Api) -> None:
    pen, cup = api.product("Pen", "1.20", stock=10), api.product("Cup", "3.00")

    order = api.order(api.customer(), (pen, 2), cup, (pen, 3))

    assert order["subtotal"] == "9.00"
    assert [(line["id"], line["quantity"]) for line in order["products"]] == [
        (pen["id"], 5),
        (cup["id"], 1),
    ]
    assert api.stock(pen) == 5


def test_an_order_keeps_its_prices_when_a_product_changes(api: Api) -> None:
    pen = api.product(price="1.20")
    order = api.order(api.customer(), pen)

    api.put(f"/product/{pen['id']}/", {"name": "Biro", "price": "9.90"})

    after = api.get(f"/order/{order['id']}/").json()
    assert after["subtotal"] == "1.20"
    assert after["products"] == [{**order["products"][0], "name": "Biro"}]


def test_the_largest_subtotal_is_computed_exactly(api: Api) -> None:
    dear, rest = api.product(price="9999999999999999.00"), api.product(price="0.33")

    order = api.order(api.customer(), dear, (rest, 3))

    assert order["subtotal"] == MAX
    assert api.list("/order/") == [order]


def test_an_order_may_have_a_thousand_lines(api: Api) -> None:
    pen = api.product(price="0.01")

    order = api.order(api.customer(), *1000 * [pen])

    assert (order["subtotal"], order["products"][0]["quantity"]) == ("10.00", 1000)


def test_delete_removes_this_order_only(api: Api) -> None:
    carl, pen = api.customer(), api.product()
    first, second = api.order(carl, pen), api.order(carl, pen)

    response = api.delete(f"/order/{first['id']}/")

    assert (response.status_code, response.content) == (204, b"")
    problem(api.get(f"/order/{first['id']}/"), 404)
    assert api.list("/order/") == [second]
    assert (api.list("/customer/"), api.list("/product/")) == ([carl], [pen])


def test_put_replaces_customer_lines_and_subtotal_at_todays_prices(api: Api) -> None:
    carl, dora = api.customer("Carl"), api.customer("Dora")
    pen, cup = api.product("Pen", "1.20"), api.product("Cup", "3.00")
    order, other = api.order(carl, (pen, 2)), api.order(carl, pen)
    api.put(f"/product/{pen['id']}/", {"name": "Pen", "price": "2.00"})

    response = api.put(
        f"/order/{order['id']}/", {"customer": dora, "products": [_line(cup), _line(pen, 3)]}
    )

    replaced = response.json()
    assert (response.status_code, replaced["id"]) == (200, order["id"])
    assert (replaced["customer"], replaced["subtotal"]) == (dora, "9.00")
    assert [line["name"] for line in replaced["products"]] == ["Cup", "Pen"]
    assert api.list("/order/") == [replaced, {**other, "subtotal": "1.20"}]


def _line(product: Any, quantity: Any = 1) -> Any:
    return {"id": product["id"], "quantity": quantity}
