"""Lists: oldest first, in pages; following the Link to the next page misses no object."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from bank import queries
from bank.models import Order, OrderLine
from tests.api import Api, problem
from tests.threads import at_once


def next_page(response: HttpResponse) -> str | None:
    """Return the URL in Link rel="next", or None on the last page."""
    if "Link" not in response:
        return None
    link = re.fullmatch(r'<(.+)>; rel="next"', response["Link"])
    assert link, response["Link"]
    return link[1]


def walk(api: Api, path: str, meanwhile: Callable[[Any], None] = lambda page: None) -> list[Any]:
    """Return every page from this one; call `meanwhile` with each before requesting the next."""
    pages: list[Any] = []
    address: str | None = path
    while address:
        response = api.get(address)
        assert response.status_code == 200
        pages.append(response.json())
        meanwhile(pages[-1])
        address = next_page(response)
    return pages


@contextmanager
def before_statement(number: int, act: Callable[[], object]) -> Iterator[None]:
    """Call the function before the statement that is this number (1, 2, …) of those on orders."""
    remaining = iter(range(1, number + 1))

    def interrupt(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if (
            "order" in str(sql)
            and "dolt_hashof" not in str(sql)
            and next(remaining, None) == number
        ):
            act()
        return execute(sql, *rest)

    with connection.execute_wrapper(interrupt):
        yield


def customers(api: Api, number: int) -> list[Any]:
    return [api.customer(f"Customer {i}") for i in range(number)]


def test_an_empty_list_is_a_single_empty_page(api: Api, kind: str) -> None:
    assert walk(api, f"/{kind}/?limit=1") == [[]]


def test_a_list_is_a_bare_array_oldest_first(api: Api, kind: str) -> None:
    created = [api.some(kind) for _ in range(5)]

    response = api.get(f"/{kind}/")

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json() == created
    assert "Link" not in response


@pytest.mark.parametrize("slash", ["", "/"])
def test_following_the_links_returns_every_object_once_in_order(
    api: Api, kind: str, slash: str
) -> None:
    created = [api.some(kind) for _ in range(5)]

    pages = walk(api, f"/{kind}{slash}?limit=2")

    assert pages == [created[:2], created[2:4], created[4:]]


def test_a_full_last_page_has_no_next_link(api: Api, kind: str) -> None:
    created = [api.some(kind) for _ in range(4)]

    assert walk(api, f"/{kind}/?limit=2") == [created[:2], created[2:]]


def test_the_limit_of_a_page_counts_orders_not_lines(api: Api) -> None:
    carl, products = api.customer(), [api.product() for _ in range(3)]
    orders = [api.order(carl, *products) for _ in range(3)] + [api.order(carl)]

    assert walk(api, "/order/?limit=2") == [orders[:2], orders[2:]]


def test_a_page_begins_after_the_given_id(api: Api, kind: str) -> None:
    created = [api.some(kind) for _ in range(3)]

    assert api.list(f"/{kind}/?after={created[0]['id']}") == created[1:]
    assert api.list(f"/{kind}/?after={created[2]['id']}") == []


def test_a_page_may_begin_after_a_deleted_id(api: Api, kind: str) -> None:
    first, gone, last = api.some(kind), api.gone(kind), api.some(kind)

    assert api.list(f"/{kind}/?after={gone}") == [last]
    assert first in api.list(f"/{kind}/")


def test_rows_added_between_pages_appear_at_the_end(api: Api) -> None:
    old = customers(api, 4)
    new: list[Any] = []

    def add_two_at_most(page: Any) -> None:
        if len(new) < 2:
            new.append(api.customer("New"))

    pages = walk(api, "/customer/?limit=2", add_two_at_most)

    assert sum(pages, []) == old + new


def test_rows_deleted_between_pages_hide_no_others(api: Api) -> None:
    created = customers(api, 9)

    def delete_what_was_seen(page: Any) -> None:
        for row in page:
            assert api.delete(f"/customer/{row['id']}/").status_code == 204

    pages = walk(api, "/customer/?limit=2", delete_what_was_seen)

    assert sum(pages, []) == created
    assert api.list("/customer/") == []


def test_rows_deleted_before_their_page_is_read_are_not_shown(api: Api) -> None:
    created = customers(api, 6)

    def delete_the_fourth(page: Any) -> None:
        api.delete(f"/customer/{created[3]['id']}/")

    pages = walk(api, "/customer/?limit=2", delete_the_fourth)

    assert sum(pages, []) == created[:3] + created[4:]


def test_a_page_has_a_hundred_rows_by_default(api: Api) -> None:
    created = customers(api, 101)

    assert walk(api, "/customer/") == [created[:100], created[100:]]
    assert api.list("/customer/?limit=1") == created[:1]
    assert api.list("/customer/?limit=1000") == created


@pytest.mark.parametrize(
    "limit", ["0", "-1", "1001", "9" * 30, "1.5", "x", "", "%00", "%ff", "١", "null"]
)
def test_an_invalid_limit_is_refused(api: Api, kind: str, limit: str) -> None:
    response = api.get(f"/{kind}/?limit={limit}")

    errors = problem(response, 422)["errors"]
    assert [error["parameter"] for error in errors] == ["limit"]
    assert errors[0]["detail"]


@pytest.mark.parametrize(
    "after",
    ["x", "", "1_0", "+1", "%201", "1%0A", "%00", "%ff", "9" * 30, "-" + "9" * 30, "9" * 5000],
)
def test_an_invalid_after_is_refused(api: Api, kind: str, after: str) -> None:
    response = api.get(f"/{kind}/?after={after}")

    errors = problem(response, 422)["errors"]
    assert [error["parameter"] for error in errors] == ["after"]
    assert errors[0]["detail"]


def test_unknown_parameters_are_ignored_and_not_in_the_link(api: Api) -> None:
    created = customers(api, 3)

    pages = walk(api, "/customer/?limit=2&x=y&offset=7&page=3")

    assert pages == [created[:2], created[2:]]


def test_a_page_of_orders_has_a_limited_number_of_lines(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MAX_LINES", 4)
    carl, pens = api.customer(), [api.product() for _ in range(5)]
    orders = [api.order(carl, *pens[:lines]) for lines in (2, 2, 1, 3, 0, 4, 5, 1)]

    pages = walk(api, "/order/?limit=6")

    assert pages == [orders[:2], orders[2:4], orders[4:5], orders[5:6], orders[6:7], orders[7:]]
    assert api.list("/order/?limit=2") == orders[:2]


def test_an_order_of_too_many_lines_deleted_while_it_is_read_hides_no_others(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MAX_LINES", 1)
    carl = api.customer()
    large, other = api.order(carl, api.product(), api.product()), api.order(carl)

    with before_statement(3, Order.objects.filter(pk=large["id"]).delete):
        first = api.client.get("/order/")

    assert first.json() == []
    assert walk(api, next_page(first) or "") == [[other]]


def test_the_lines_of_an_order_stay_in_their_order(api: Api) -> None:
    order = api.order(api.customer(), api.product("Pen"), api.product("Cup"))
    first = OrderLine.objects.order_by("pk")[0]
    first.product_id = api.product("Mug")["id"]
    first.save()  # an indexed column has changed: PostgreSQL finds this line after the other one

    [read] = api.list("/order/")

    assert [line["name"] for line in read["products"]] == ["Mug", "Cup"]
    assert read == api.get(f"/order/{order['id']}/").json()


@pytest.mark.parametrize("gone", [[0], [1], [2], [0, 1], [1, 2], [0, 1, 2], [3]])
def test_orders_deleted_while_a_page_is_read_hide_no_others(api: Api, gone: list[int]) -> None:
    carl = api.customer()
    orders = [api.order(carl) for _ in range(5)]
    deleted = [orders[position]["id"] for position in gone]

    with before_statement(2, lambda: Order.objects.filter(pk__in=deleted).delete()):
        first = api.client.get("/order/?limit=2")
    address = next_page(first)
    assert address
    seen = first.json() + sum(walk(api, address), [])

    assert seen == [order for order in orders if order["id"] not in deleted]


def test_an_order_inserted_while_a_page_is_read_is_not_on_it(api: Api) -> None:
    carl = api.customer()
    orders = [api.order(carl) for _ in range(4)]
    passing = Order.objects.get(pk=orders[1]["id"])
    Order.objects.filter(pk=passing.pk).delete()

    with before_statement(2, lambda: passing.save(force_insert=True)):
        page = api.client.get("/order/?limit=2")

    assert page.json() == [orders[0], orders[2]]
    assert sum(walk(api, next_page(page) or ""), []) == [orders[3]]


@pytest.mark.django_db(transaction=True)
def test_concurrent_changes_do_not_hide_or_repeat_an_order() -> None:
    api = Api(Client())
    carl = api.customer()
    orders = [api.order(carl) for _ in range(60)]
    lasting = {order["id"] for order in orders[::3]}
    passing = [order["id"] for order in orders if order["id"] not in lasting]

    def work(job: str | int) -> list[Any]:
        client = Api(Client())
        if job == "walk":
            return [row["id"] for page in walk(client, "/order/?limit=7") for row in page]
        assert client.delete(f"/order/{job}/").status_code == 204
        client.order(carl)
        return []

    # The pages are read between the deletions; the last reads follow all deletions.
    jobs = [job for key in passing for job in (key, "walk")][:60]
    seen = [keys for keys in at_once(work, jobs, threads=3) if keys]

    assert len(seen) == 30
    for keys in seen:
        assert len(keys) == len(set(keys))
        assert lasting <= set(keys)
