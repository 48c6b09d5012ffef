"""/order/: a refused order names the invalid member, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api import Api, pointers

MAX_QUANTITY = 2**31 - 1
MALFORMED = ["x", "", " ", "1_0", "0x1", "1.0", "\0", "\ud800", "9" * 5000, "-"]
NOT_AN_ID: list[Any] = [None, True, 1.5, [], {}]


@pytest.fixture
def refused(api: Api) -> Callable[[Any], list[str]]:
    """Return the pointers of POST and PUT, which must both refuse this body and change nothing."""

    def refused(body: Any) -> list[str]:
        order = api.order(api.customer(), (api.product(stock=5), 2))
        before = [api.list(f"/{kind}/") for kind in ("customer", "product", "order")]

        created = api.post("/order/", body)
        replaced = api.put(f"/order/{order['id']}/", body)

        assert pointers(created) == pointers(replaced)
        assert [api.list(f"/{kind}/") for kind in ("customer", "product", "order")] == before
        return pointers(created)

    return refused


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({}, "#/customer", id="no customer"),
        pytest.param({"customer": None}, "#/customer", id="customer null"),
        pytest.param({"customer": 5}, "#/customer", id="customer is not an object"),
        pytest.param({"customer": {}}, "#/customer/id", id="customer without id"),
        pytest.param({"customer": {"name": "Carl"}}, "#/customer/id", id="customer by name"),
        *[pytest.param({"customer": {"id": id_}}, "#/customer/id") for id_ in NOT_AN_ID],
        *[pytest.param({"customer": {"id": id_}}, "#/customer/id") for id_ in MALFORMED],
        *[pytest.param({"customer": {"id": n}}, "#/customer/id") for n in (-1, 2**63, 10**30)],
    ],
)
def test_an_invalid_customer_is_refused(
    refused: Callable[[Any], list[str]], body: Any, pointer: str
) -> None:
    assert refused(body) == [pointer]


def test_an_unknown_customer_is_refused(api: Api, refused: Callable[[Any], list[str]]) -> None:
    assert refused({"customer": {"id": api.gone("customer")}}) == ["#/customer/id"]


@pytest.mark.parametrize(
    ("product", "pointer"),
    [
        pytest.param(None, "#/products/1", id="null"),
        pytest.param(5, "#/products/1", id="not an object"),
        pytest.param({}, "#/products/1/id", id="without id"),
        pytest.param({"name": "Pen"}, "#/products/1/id", id="by name"),
        *[pytest.param({"id": id_}, "#/products/1/id") for id_ in NOT_AN_ID],
        *[pytest.param({"id": id_}, "#/products/1/id") for id_ in MALFORMED],
        *[pytest.param({"id": number}, "#/products/1/id") for number in (-1, 2**63, 10**30)],
    ],
)
def test_an_invalid_product_is_refused(
    api: Api, refused: Callable[[Any], list[str]], product: Any, pointer: str
) -> None:
    good = {"id": api.product()["id"]}

    assert refused({"customer": api.customer(), "products": [good, product]}) == [pointer]


def test_the_pointer_to_an_unknown_product_counts_repeated_products(
    api: Api, refused: Callable[[Any], list[str]]
) -> None:
    pen, cup, gone = api.product(), api.product(), api.gone("product")
    lines = [{"id": key} for key in (pen["id"], pen["id"], cup["id"], gone, pen["id"])]

    assert refused({"customer": api.customer(), "products": lines}) == ["#/products/3/id"]


@pytest.mark.parametrize("quantity", [0, -1, True, False, 1.5, "2", None, [], MAX_QUANTITY + 1])
def test_an_invalid_quantity_is_refused(
    api: Api, refused: Callable[[Any], list[str]], quantity: Any
) -> None:
    line = {"id": api.product()["id"], "quantity": quantity}

    pointed_at = refused({"customer": api.customer(), "products": [line]})

    assert pointed_at == ["#/products/0/quantity"]


def test_repeated_products_may_not_exceed_the_largest_quantity(
    api: Api, refused: Callable[[Any], list[str]]
) -> None:
    pen, cup = api.product(price="0"), api.product()
    lines = [{"id": pen["id"], "quantity": MAX_QUANTITY}, {"id": cup["id"]}, {"id": pen["id"]}]

    pointed_at = refused({"customer": api.customer(), "products": lines})

    assert pointed_at == ["#/products/2/quantity"]


@pytest.mark.parametrize("subtotal", [-1, "-0.01", "1.234", 1e16, "NaN", "", True, [], "1e2"])
def test_an_invalid_subtotal_is_refused(
    api: Api, refused: Callable[[Any], list[str]], subtotal: Any
) -> None:
    body = {"customer": api.customer(), "products": [], "subtotal": subtotal}

    assert refused(body) == ["#/subtotal"]


def test_a_computed_subtotal_above_the_limit_is_refused(
    api: Api, refused: Callable[[Any], list[str]]
) -> None:
    dear, cheap = api.product(price="9999999999999999.99"), api.product(price="0.01", stock=5)
    lines = [{"id": dear["id"]}, {"id": cheap["id"]}]

    assert refused({"customer": api.customer(), "products": lines}) == ["#/products"]


@pytest.mark.parametrize("products", [5, "x", {"0": {}}, True])
def test_products_that_are_not_an_array_are_refused(
    api: Api, refused: Callable[[Any], list[str]], products: Any
) -> None:
    assert refused({"customer": api.customer(), "products": products}) == ["#/products"]


def test_more_than_a_thousand_lines_are_refused(
    api: Api, refused: Callable[[Any], list[str]]
) -> None:
    line = {"id": api.product()["id"]}

    assert refused({"customer": api.customer(), "products": 1001 * [line]}) == ["#/products"]


def test_all_errors_of_an_order_are_reported_at_once(refused: Callable[[Any], list[str]]) -> None:
    lines = [{"id": None}, {"id": "x", "quantity": 0}]

    pointed_at = refused({"customer": {}, "products": lines, "subtotal": -1})

    assert sorted(pointed_at) == [
        "#/customer/id",
        "#/products/0/id",
        "#/products/1/quantity",
        "#/subtotal",
    ]
