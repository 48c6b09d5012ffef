"""Conditional requests: with ETags an unchanged object is not sent again, and none overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api import Api, problem
from tests.threads import at_once


def changed(api: Api, kind: str) -> Any:
    """Return a body that differs from every object that api.some() has created."""
    if kind == "order":
        return {"customer": api.customer("Emil"), "subtotal": "77.00"}
    return {"name": "Changed", "price": "77.00"}


def address(kind: str, existing: Any) -> str:
    return f"/{kind}/{existing['id']}/"


def test_an_unchanged_object_keeps_its_strong_etag(api: Api, kind: str) -> None:
    path = address(kind, api.some(kind))

    first, again = api.get(path)["ETag"], api.get(path)["ETag"]

    assert first == again
    assert first.startswith('"') and first.endswith('"') and len(first) > 10


def test_post_put_and_get_answer_with_the_same_etag(api: Api, kind: str) -> None:
    created = api.post(f"/{kind}/", api.body(kind))
    path = created["Location"]

    assert api.get(path)["ETag"] == created["ETag"]
    replaced = api.put(path, changed(api, kind))
    assert replaced["ETag"] != created["ETag"]
    assert api.get(path)["ETag"] == replaced["ETag"]


def test_the_etag_of_an_order_changes_with_the_name_of_its_customer(api: Api) -> None:
    carl = api.customer("Carl")
    path = address("order", api.order(carl, api.product()))
    before = api.get(path)["ETag"]

    api.put(address("customer", carl), {"name": "Carla"})

    assert api.get(path)["ETag"] != before


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"other" , W/{}', "*"])
def test_a_matching_if_none_match_is_a_304(api: Api, kind: str, form: str) -> None:
    path = address(kind, api.some(kind))
    etag = api.get(path)["ETag"]

    response = api.get(path, if_none_match=form.format(etag))

    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == etag


@pytest.mark.parametrize("form", ['"other"', 'W/"other"', "unquoted", ""])
def test_an_if_none_match_of_another_version_gets_the_object(
    api: Api, kind: str, form: str
) -> None:
    existing = api.some(kind)

    response = api.get(address(kind, existing), if_none_match=form)

    assert (response.status_code, response.json()) == (200, existing)


def test_a_changed_object_is_sent_again(api: Api, kind: str) -> None:
    path = address(kind, api.some(kind))
    etag = api.get(path)["ETag"]
    new = api.put(path, changed(api, kind)).json()

    response = api.get(path, if_none_match=etag)

    assert (response.status_code, response.json()) == (200, new)
    assert response["ETag"] != etag


@pytest.mark.parametrize("form", ["{}", '"other", {}', "*"])
def test_put_with_a_matching_if_match_replaces_the_object(api: Api, kind: str, form: str) -> None:
    path = address(kind, api.some(kind))
    etag = api.get(path)["ETag"]

    response = api.put(path, changed(api, kind), if_match=form.format(etag))

    assert response.status_code == 200
    assert api.get(path).json() == response.json()


@pytest.mark.parametrize(
    "form",
    [
        pytest.param('"other"', id="another version"),
        pytest.param("W/{}", id="weak: not good enough to overwrite"),
        pytest.param('"other", W/{}', id="none of several"),
    ],
)
def test_put_with_the_if_match_of_another_version_is_refused(
    api: Api, kind: str, form: str
) -> None:
    existing = api.some(kind)
    path = address(kind, existing)
    etag = api.get(path)["ETag"]

    response = api.put(path, changed(api, kind), if_match=form.format(etag))

    problem(response, 412)
    assert api.get(path).json() == existing


def test_the_second_of_two_editors_gets_a_412(api: Api, kind: str) -> None:
    path = address(kind, api.some(kind))
    etag = api.get(path)["ETag"]
    first = api.put(path, changed(api, kind), if_match=etag)

    second = api.put(path, api.body(kind), if_match=etag)

    problem(second, 412)
    assert api.get(path).json() == first.json()


@pytest.mark.django_db(transaction=True)
def test_one_of_two_concurrent_editors_gets_a_412() -> None:
    api = Api(Client())
    customer, pen, ink = api.customer(), api.product("Pen"), api.product("Ink")

    for _ in range(5):
        path = address("order", api.order(customer))
        etag = api.get(path)["ETag"]

        def put(product: Any, path: str = path, etag: str = etag) -> Any:
            body = {"customer": customer, "products": [product], "subtotal": 0}
            return Api(Client()).put(path, body, if_match=etag)

        responses = at_once(put, [pen, ink], threads=2)

        statuses = {response.status_code: response for response in responses}
        assert set(statuses) == {200, 412}
        assert api.list(path) == statuses[200].json()


def test_a_refused_put_of_an_order_does_not_change_the_stock(api: Api) -> None:
    pen = api.product(stock=5)
    order = api.order(api.customer(), (pen, 2))

    response = api.put(address("order", order), changed(api, "order"), if_match='"other"')

    problem(response, 412)
    assert api.stock(pen) == 3


@pytest.mark.parametrize("form", ["unquoted", "{bare}", '"unended', "W/"])
def test_an_invalid_if_match_is_not_ignored(api: Api, kind: str, form: str) -> None:
    existing = api.some(kind)
    path = address(kind, existing)
    bare = api.get(path)["ETag"].strip('"')

    response = api.put(path, changed(api, kind), if_match=form.format(bare=bare))

    assert problem(response, 412)["detail"] == "If-Match must be an ETag in quotes, or *."
    assert api.get(path).json() == existing


def test_conditions_on_a_date_are_ignored(api: Api, kind: str) -> None:
    # "MUST ignore": https://www.rfc-editor.org/rfc/rfc9110#section-13.1.4
    path, body = address(kind, api.some(kind)), api.body(kind)
    date = "Sat, 29 Oct 1994 19:43:31 GMT"

    read = api.get(path, if_unmodified_since=date, if_modified_since=date)
    written = api.put(path, body, if_unmodified_since=date)

    assert (read.status_code, written.status_code) == (200, 200)


def test_a_conditional_request_for_an_unknown_id_is_a_404(api: Api, kind: str) -> None:
    path = f"/{kind}/{api.gone(kind)}/"

    problem(api.get(path, if_none_match="*"), 404)
    problem(api.put(path, api.body(kind), if_match='"x"'), 404)
    problem(api.put(path, api.body(kind), if_none_match="*"), 404)
    problem(api.delete(path, if_match='"x"'), 404)


@pytest.mark.parametrize("form", ["{}", '"other", {}', "*"])
def test_delete_with_a_matching_if_match_removes_the_object(api: Api, kind: str, form: str) -> None:
    path = address(kind, api.some(kind))
    etag = api.get(path)["ETag"]

    response = api.delete(path, if_match=form.format(etag))

    assert response.status_code == 204
    problem(api.get(path), 404)


@pytest.mark.parametrize("form", ['"other"', "W/{}", '"other", W/{}', "unquoted"])
def test_delete_with_the_if_match_of_another_version_is_refused(
    api: Api, kind: str, form: str
) -> None:
    existing = api.some(kind)
    path = address(kind, existing)
    etag = api.get(path)["ETag"]

    response = api.delete(path, if_match=form.format(etag))

    problem(response, 412)
    assert api.get(path).json() == existing


def test_a_refused_delete_of_an_order_does_not_change_the_stock(api: Api) -> None:
    pen = api.product(stock=5)
    order = api.order(api.customer(), (pen, 2))

    problem(api.delete(address("order", order), if_match='"other"'), 412)

    assert api.stock(pen) == 3


@pytest.mark.parametrize("form", ["*", "{}", "W/{}", '"other", W/{}'])
def test_if_none_match_of_the_current_version_refuses_a_change(
    api: Api, kind: str, form: str
) -> None:
    existing = api.some(kind)
    path = address(kind, existing)
    tag = form.format(api.get(path)["ETag"])

    problem(api.put(path, changed(api, kind), if_none_match=tag), 412)
    problem(api.delete(path, if_none_match=tag), 412)

    assert api.get(path).json() == existing


def test_if_none_match_of_another_version_allows_a_change(api: Api, kind: str) -> None:
    path = address(kind, api.some(kind))

    assert api.put(path, changed(api, kind), if_none_match='"other"').status_code == 200
    assert api.delete(path, if_none_match='"other"').status_code == 204


def test_a_change_of_any_member_changes_the_etag(api: Api) -> None:
    path = address("product", api.product("Pen", "1.20", stock=10))
    bodies = [("Pen", "1.20", 10), ("Pan", "1.20", 10), ("Pen", "1.21", 10), ("Pen", "1.20", 11)]

    etags = {
        api.put(path, {"name": name, "price": price, "stock": stock})["ETag"]
        for name, price, stock in bodies
    }

    assert len(etags) == len(bodies)
