"""/customer/: create, read, replace, delete; valid and invalid names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api, pointers, problem


def test_post_returns_the_id_and_name_of_the_new_customer(api: Api) -> None:
    response = api.post("/customer/", {"name": "Carl"})

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    document = response.json()
    assert document == {"id": document["id"], "name": "Carl"}
    assert type(document["id"]) in (int, str)


def test_there_are_no_customers_at_first(api: Api) -> None:
    response = api.get("/customer/")

    assert (response.status_code, response.json()) == (200, [])


def test_get_returns_the_customer_that_was_posted(api: Api) -> None:
    carl, dora = api.customer("Carl"), api.customer("Dora")

    assert api.get(f"/customer/{carl['id']}/").json() == carl
    assert api.get(f"/customer/{dora['id']}/").json() == dora
    assert api.list("/customer/") == [carl, dora]


def test_put_replaces_the_name_of_this_customer_only(api: Api) -> None:
    carl, dora = api.customer("Carl"), api.customer("Dora")

    response = api.put(f"/customer/{carl['id']}/", {"name": "Carla"})

    assert response.status_code == 200
    assert response.json() == {"id": carl["id"], "name": "Carla"}
    assert api.list("/customer/") == [{"id": carl["id"], "name": "Carla"}, dora]


def test_delete_removes_this_customer_only(api: Api) -> None:
    carl, dora = api.customer("Carl"), api.customer("Dora")

    response = api.delete(f"/customer/{carl['id']}/")

    assert (response.status_code, response.content) == (204, b"")
    problem(api.get(f"/customer/{carl['id']}/"), 404)
    assert api.list("/customer/") == [dora]


def test_a_customer_with_orders_cannot_be_deleted(api: Api) -> None:
    carl = api.customer()
    order = api.order(carl, api.product())

    response = api.delete(f"/customer/{carl['id']}/")

    assert problem(response, 409)["detail"] == "This customer has orders: delete them first."
    assert api.list("/customer/") == [carl]
    assert api.list("/order/") == [order]


def test_a_customer_whose_orders_are_deleted_can_be_deleted(api: Api) -> None:
    carl = api.customer()
    order = api.order(carl, api.product())
    api.delete(f"/order/{order['id']}/")

    response = api.delete(f"/customer/{carl['id']}/")

    assert response.status_code == 204
    assert api.list("/customer/") == []


def test_orders_show_the_new_name_of_their_customer(api: Api) -> None:
    carl = api.customer("Carl")
    order = api.order(carl, api.product())

    api.put(f"/customer/{carl['id']}/", {"name": "Carla"})

    assert api.get(f"/order/{order['id']}/").json()["customer"]["name"] == "Carla"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("x", id="one character"),
        pytest.param("x" * 250, id="250 characters"),
        pytest.param("🧾" * 250, id="250 characters of four bytes"),
        pytest.param("  x\n", id="blanks around it are kept"),
        pytest.param("Zoë “Ю” 李 \u202e", id="any script"),
        pytest.param("'; DROP TABLE customers; --", id="SQL is text"),
        pytest.param("100% {x} %s \\ $1 <b>", id="placeholders are text"),
        pytest.param("\u0001\u007f", id="control characters"),
    ],
)
def test_a_valid_name_is_stored_exactly(api: Api, name: str) -> None:
    customer = api.customer(name)

    assert customer["name"] == name
    assert api.get(f"/customer/{customer['id']}/").json()["name"] == name
    assert api.list("/customer/") == [customer]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="missing"),
        pytest.param({"name": None}, id="null"),
        pytest.param({"name": ""}, id="empty"),
        pytest.param({"name": " \t\n\u00a0\u2003"}, id="blank"),
        pytest.param({"name": "\x1c\x1f\x85\ufeff"}, id="blank in another language"),
        pytest.param({"name": "x" * 251}, id="251 characters"),
        pytest.param({"name": " " * 100_000}, id="very many blanks"),
        pytest.param({"name": "a\0b"}, id="NUL inside"),
        pytest.param({"name": "a\0"}, id="NUL at the end"),
        pytest.param({"name": "\ud800"}, id="lone surrogate"),
        pytest.param({"name": "a\udfffb"}, id="lone surrogate inside"),
        pytest.param({"name": 5}, id="number"),
        pytest.param({"name": True}, id="boolean"),
        pytest.param({"name": ["x"]}, id="array"),
        pytest.param({"name": {"x": 1}}, id="object"),
    ],
)
def test_an_invalid_name_is_refused_and_changes_nothing(api: Api, body: Any) -> None:
    carl = api.customer("Carl")

    created = api.post("/customer/", body)
    replaced = api.put(f"/customer/{carl['id']}/", body)

    assert pointers(created) == ["#/name"]
    assert pointers(replaced) == ["#/name"]
    assert api.list("/customer/") == [carl]


def test_unknown_and_echoed_members_are_ignored(api: Api) -> None:
    carl = api.customer("Carl")

    dora = api.post("/customer/", {"id": carl["id"], "name": "Dora", "orders": [{}]}).json()
    api.put(f"/customer/{dora['id']}/", {"id": carl["id"], "name": "Emil", "vip": True})

    assert api.list("/customer/") == [carl, {"id": dora["id"], "name": "Emil"}]
