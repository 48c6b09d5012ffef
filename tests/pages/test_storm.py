"""The storm: 50 buyers of 10 pieces, and what is sold twice without transactions."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse

from bank.engine import Engine
from bank.models import Customer, Order, Product
from bank.pages import props, threads
from bank.pages.demonstrations import running
from bank.pages.storm import Shop
from bank.pages.ways import WAYS
from tests.api import Api
from tests.pages.conftest import Browser, text

PATH = "/shop/storm/"


def run(browser: Browser, way: str, buyers: int = 50, pieces: int = 10) -> dict[str, int]:
    """Let them buy; return the numbers that the page shows."""
    response = browser.fill(PATH, way=way, buyers=buyers, pieces=pieces)
    assert response.status_code == 200, text(response)
    [(orders, stock)] = re.findall(r"(\d+) orders? of \d+ pieces?, and (\d+) left", text(response))
    outcomes = re.findall(r"<dt>([a-z ]+)</dt><dd>(\d+)</dd>", response.content.decode())
    numbers = {name: int(count) for name, count in outcomes}
    return {**numbers, "orders": int(orders), "stock": int(stock)}


def test_fifty_buyers_buy_exactly_ten_pieces(browser: Browser) -> None:
    found = run(browser, "safe")

    assert (found["bought"], found["sold out"]) == (10, 40)
    assert (found["orders"], found["stock"], found.get("refused", 0)) == (10, 0, 0)


def test_without_retries_the_stock_is_exact_and_each_order_has_its_piece(browser: Browser) -> None:
    found = run(browser, "once")

    assert found["orders"] + found["stock"] == 10
    assert found["bought"] == found["orders"]


def test_reading_and_then_writing_with_retries_sells_no_piece_twice(browser: Browser) -> None:
    found = run(browser, "token")

    assert (found["orders"], found["stock"]) == (10, 0)


def test_in_no_transaction_pieces_are_sold_twice(browser: Browser) -> None:
    found = run(browser, "alone")

    assert found["orders"] > 10 - found["stock"]


def test_orders_of_pieces_that_are_not_there_are_counted_and_do_not_add_up(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_nothing(shop: Shop) -> None:
        Order.objects.create(customer=shop.customer, subtotal=1)

    monkeypatch.setitem(WAYS, "alone", replace(WAYS["alone"], buy=take_nothing))

    page = text(browser.post(PATH, {"way": "alone", "buyers": 3, "pieces": 1}))

    assert "2 orders of pieces that were not there." in page
    assert "3 orders of 1 piece, and 1 left in stock: that does not add up." in page


def test_the_buyers_are_shown_in_the_order_in_which_they_were_done(browser: Browser) -> None:
    page = browser.post(PATH, {"way": "safe", "buyers": 50, "pieces": 10}).content.decode()

    ended = [int(milliseconds) for milliseconds in re.findall(r"after (\d+) ms", page)]
    assert (len(ended), ended) == (50, sorted(ended))


def test_at_read_committed_pieces_are_sold_twice(browser: Browser) -> None:
    if not Engine().has_read_committed:
        refused = browser.fill(PATH, way="read-committed", buyers=50, pieces=10)
        assert refused.status_code == 422
        return

    found = run(browser, "read-committed")

    assert found["orders"] > 10 - found["stock"]


def test_nothing_of_a_storm_is_left(browser: Browser) -> None:
    run(browser, "safe", buyers=3, pieces=2)
    run(browser, "alone", buyers=3, pieces=2)

    rows = [model.objects.count() for model in (Customer, Product, Order)]
    assert rows == [0, 0, 0]


def test_the_page_says_what_stays_of_a_storm(browser: Browser) -> None:
    commits = "No row of it stays in the shop; its commits stay in the history of main."

    assert (commits in browser.page(PATH)) == ("versioning" in settings.INSTALLED_APPS)
    assert "No row of it stays in the shop" in browser.page(PATH)


def test_orders_of_clients_are_cancelled_with_the_rows_of_a_storm(browser: Browser) -> None:
    api, name = Api(browser), props.new_name()
    ticket, extra = api.product(name, stock=10), api.customer(name)
    pen, ann = api.product("Pen", stock=10), api.customer("Ann")
    api.order(extra, (pen, 4))
    api.order(ann, (ticket, 1), (pen, 2))
    kept = api.order(ann, (pen, 1))

    props.delete(name)

    assert [str(key) for key in Order.objects.values_list("pk", flat=True)] == [str(kept["id"])]
    assert [*Product.objects.values_list("name", "stock")] == [("Pen", 9)]


def test_a_storm_deletes_what_a_killed_one_has_left_and_nothing_else(browser: Browser) -> None:
    api = Api(browser)
    began = datetime.now(UTC) - timedelta(minutes=2)
    left, now = props.name_at(began), props.new_name()
    own = [f"{props.NAME}{text}" for text in ("mine", "2020-01-01", "2020-01-01T00:00:00+00:00")]
    own += [left[:-1], f"{left[:-16]}{'0' * 16}"]
    for name in (left, now, *own):
        api.product(name)

    run(browser, "safe", buyers=2, pieces=1)

    assert {*Product.objects.values_list("name", flat=True)} == {now, *own}


def test_a_storm_in_which_nobody_gets_a_turn_is_shown(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(body: object) -> None:
        raise OperationalError("no connection is free")

    way = WAYS["safe"]
    monkeypatch.setitem(WAYS, "safe", replace(way, run=refuse))

    found = run(browser, "safe", buyers=3, pieces=1)

    assert (found["refused"], found["orders"], found["stock"]) == (3, 0, 1)


def test_the_database_calls_of_buyers_end_at_their_deadline(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "LAST", threads.SECONDS)

    found = run(browser, "safe", buyers=3, pieces=1)

    assert (found["refused"], found["orders"], found["stock"]) == (3, 0, 1)


def test_a_storm_that_finds_no_time_to_delete_its_rows_says_that_they_may_be_left(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(body: Callable[[], None]) -> None:
        time.sleep(1.5)

    monkeypatch.setattr(threads, "SECONDS", 1.0)
    monkeypatch.setitem(WAYS, "safe", replace(WAYS["safe"], run=late))

    page = browser.fill(PATH, way="safe", buyers=1, pieces=1)

    assert (page.status_code, page["Retry-After"]) == (503, "1")
    assert 'Rows named "Part of a demonstration of …" may be left' in text(page)
    assert Product.objects.get().name.startswith(props.NAME)


def test_orders_of_buyers_who_were_refused_afterwards_are_counted(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = WAYS["alone"]

    def buy(shop: Shop) -> None:
        way.buy(shop)
        raise OperationalError("a later statement is refused")

    monkeypatch.setitem(WAYS, "alone", replace(way, buy=buy))

    page = text(browser.fill(PATH, way="alone", buyers=1, pieces=5))

    assert "1 order of 5 pieces, and 4 left in stock: exact." in page
    assert "1 order of buyers who were refused" in page
    assert "of buyers who were refused" not in text(
        browser.fill(PATH, way="safe", buyers=2, pieces=1)
    )


@pytest.mark.parametrize(
    "wrong", [{"buyers": "0"}, {"buyers": "101"}, {"pieces": "-1"}, {"way": "x"}, {"way": ""}]
)
def test_a_storm_that_is_not_possible_is_refused(browser: Browser, wrong: dict[str, str]) -> None:
    response = browser.fill(PATH, **{"way": "safe", "buyers": "5", "pieces": "2", **wrong})

    assert (response.status_code, 'class="error"' in response.content.decode()) == (422, True)
    assert not Product.objects.exists()


def test_one_demonstration_runs_at_a_time(browser: Browser) -> None:
    with running, ThreadPoolExecutor(1) as pool:
        second = pool.submit(run_raw, browser).result()

    assert (second.status_code, second["Retry-After"]) == (503, "1")
    assert "Another demonstration is running" in text(second)
    assert run(browser, "safe", buyers=2, pieces=1)["orders"] == 1


def run_raw(browser: Browser) -> HttpResponse:
    return browser.post(PATH, {"way": "safe", "buyers": 2, "pieces": 1})
