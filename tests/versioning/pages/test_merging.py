"""The page of a merge: its dry run, its conflicts and what is decided of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from pytest_django import Settings

from bank.models import Product
from tests.api import Api
from tests.pages.conftest import Browser, text
from tests.versioning.changes import commit_to, names
from tests.versioning.pages.forms import (
    OF_A_MERGE,
    SEASON,
    approved,
    create,
    logged_in,
    place,
    send,
)
from tests.versioning.shop import log, on, product, put, sell
from tests.versioning.test_admin import user
from tests.versioning.test_invariants import sold_without_tokens
from versioning.models import Branch, Commit


def test_a_dry_run_is_shown_and_then_the_branch_is_merged(browser: Browser, other: Branch) -> None:
    commit_to("other", "Zach")
    commit_to("main", "Ann")

    before = browser.page("/shop/branches/other/", most=OF_A_MERGE)
    merged = send(browser, "/shop/branches/other/", "merge", message="Zach is here")

    assert "A dry run says: it can be merged without conflicts" in before
    assert merged.status_code == 302
    said = browser.page(merged["Location"])
    assert "other was merged into main" in said and "fast-forward" not in said
    assert (names(), log()[0]) == (["Ann", "Zach"], "Zach is here")


@pytest.mark.parametrize("moved", ["other", "main"])
def test_a_merge_of_commits_that_the_page_has_not_shown_is_refused(
    browser: Browser, other: Branch, moved: str
) -> None:
    commit_to("other", "Zach")
    path = "/shop/branches/other/"
    heads = re.findall('name="heads" value="([^"]+)"', browser.get(path).content.decode())[0]
    commit_to(moved, "Yan")

    refused = send(browser, path, "merge", heads=heads)
    unchanged = names()
    merged = send(browser, path, "merge")

    assert refused.status_code == 409
    assert "The branches have new commits since this page was shown" in text(refused)
    assert "Merge without resolutions" not in text(refused)
    assert unchanged == (["Yan"] if moved == "main" else [])
    assert (merged.status_code, {*names()}) == (302, {"Yan", "Zach"})


def test_a_change_request_is_merged_as_its_page_has_shown_it(
    browser: Browser, other: Branch
) -> None:
    path = approved(browser)
    heads = re.findall('name="heads" value="([^"]+)"', browser.get(path).content.decode())[0]
    commit_to("main", "Yan")

    refused = send(browser, path, "merge", heads=heads)

    assert (refused.status_code, names()) == (409, ["Yan"])
    assert "have new commits since this page was shown" in text(refused)
    assert send(browser, path, "merge").status_code == 302
    assert {*names()} == {"Yan", "Zach"}


def test_a_merge_with_nothing_in_between_is_a_fast_forward(browser: Browser, other: Branch) -> None:
    assert "Merge it into" not in browser.page("/shop/branches/other/")
    commit_to("other", "Zach")

    page = browser.get("/shop/branches/other/")
    merged = send(browser, "/shop/branches/other/", "merge", message="Zach is here")

    assert "by a fast-forward" in text(page) and 'name="message"' not in page.content.decode()
    assert "It was a fast-forward, which makes no commit" in text(browser.get(merged["Location"]))
    assert (names(), log()[0]) == (["Zach"], "Zach")


def test_a_branch_without_commits_has_nothing_to_merge(browser: Browser, other: Branch) -> None:
    head = Commit.latest()

    for name in ("other", "main"):
        merged = browser.post(f"/shop/branches/{name}/", {"action": "merge"})
        said = f"There was nothing to merge: main has all of {name}."
        assert said in browser.page(merged["Location"])
    unknown = browser.post("/shop/branches/nowhere/", {"action": "merge"})

    assert (unknown.status_code, Commit.latest()) == (404, head)


def test_conflicts_are_shown_field_by_field_and_resolved_on_the_page(
    browser: Browser, api: Api, conflict: Any
) -> None:
    page = browser.page(SEASON, most=OF_A_MERGE)
    price, stock = (f"take:{place(conflict, field)}" for field in ("price", "stock"))
    merged = send(browser, SEASON, "merge", **{price: "theirs", stock: "sum"})

    assert "A dry run says: 2 conflicts must be decided first" in page
    assert "Ours is main, theirs season." in page
    assert "price Before 1.00 Ours 1.10 Theirs 1.20" in page
    assert "stock Before 10 Ours 8 Theirs 7" in page
    assert merged.status_code == 302
    assert product(api, conflict) == {"name": "Pen", "price": "1.20", "stock": 5}


def test_a_conflict_is_resolved_by_a_value(browser: Browser, api: Api, conflict: Any) -> None:
    price, stock = (f"value:{place(conflict, field)}" for field in ("price", "stock"))

    wrong = send(browser, SEASON, "merge", **{price: "cheap", stock: "6"})
    tried = send(browser, SEASON, "try", **{price: "1.15", stock: "6"})
    before = product(api, conflict)
    merged = send(browser, SEASON, "merge", **{price: "1.15", stock: "6"})

    assert (wrong.status_code, tried.status_code, merged.status_code) == (422, 200, 302)
    assert f'id="wrong-{place(conflict, "price")}" class="error">' in wrong.content.decode()
    assert 'value="cheap"' in wrong.content.decode() and 'value="6"' in wrong.content.decode()
    assert "Tried: this would work. Nothing was changed." in text(tried)
    assert "it is not compared with the orders" in text(tried)
    assert before == {"name": "Pen", "price": "1.10", "stock": 8}
    assert product(api, conflict) == {"name": "Pen", "price": "1.15", "stock": 6}


@pytest.mark.parametrize("typed", ["9" * 5000, "9" * 19, "٧", "-1", "1e3"])
def test_a_number_that_is_none_is_refused_at_its_conflict(
    browser: Browser, api: Api, conflict: Any, typed: str
) -> None:
    price, stock = f"take:{place(conflict, 'price')}", f"value:{place(conflict, 'stock')}"

    refused = send(browser, SEASON, "merge", **{price: "ours", stock: typed})

    assert refused.status_code == 422
    assert f'id="wrong-{place(conflict, "stock")}" class="error">' in refused.content.decode()
    assert product(api, conflict) == {"name": "Pen", "price": "1.10", "stock": 8}


def test_a_half_decided_merge_keeps_what_was_chosen(
    browser: Browser, api: Api, conflict: Any
) -> None:
    half = send(browser, SEASON, "merge", **{f"take:{place(conflict, 'price')}": "theirs"})

    assert (half.status_code, "nothing was changed" in text(half)) == (409, True)
    assert '<option value="theirs" selected>' in half.content.decode()
    assert product(api, conflict)["price"] == "1.10"


def test_an_outdated_decision_is_refused_and_shows_what_conflicts_now(
    browser: Browser, api: Api, conflict: Any
) -> None:
    heads = re.findall('name="heads" value="([^"]+)"', browser.get(SEASON).content.decode())[0]
    sell(api, conflict, 1)
    price, stock = (f"take:{place(conflict, field)}" for field in ("price", "stock"))

    decisions = {price: "theirs", stock: "sum", "heads": heads}
    refused = send(browser, SEASON, "merge", **decisions)

    assert refused.status_code == 409
    assert "The branches have new commits since this page was shown" in text(refused)
    assert "stock Before 10 Ours 7 Theirs 7" in text(refused)
    assert "selected>add both changes" not in refused.content.decode()
    assert product(api, conflict)["stock"] == 7
    assert send(browser, SEASON, "merge", **{price: "theirs", stock: "sum"}).status_code == 302
    assert product(api, conflict)["stock"] == 4


def test_an_outdated_decision_on_all_other_conflicts_is_not_kept(
    browser: Browser, api: Api, conflict: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("versioning.pages.decisions.MOST", 1)
    heads = re.findall('name="heads" value="([^"]+)"', browser.get(SEASON).content.decode())[0]
    sell(api, conflict, 1)

    refused = send(browser, SEASON, "merge", heads=heads, rest="theirs")

    assert "The branches have new commits since this page was shown" in text(refused)
    assert "the first 1 of 2 conflicts" in text(refused)
    assert '<option value="theirs" selected>' not in refused.content.decode()
    assert product(api, conflict) == {"name": "Pen", "price": "1.10", "stock": 7}


def test_a_stock_that_does_not_add_up_is_decided_on_the_page(browser: Browser, api: Api) -> None:
    [pen] = sold_without_tokens(api)
    page = browser.page(SEASON, most=OF_A_MERGE)
    decided = send(browser, SEASON, "merge", **{f"value:{place(pen, 'stock')}": "7"})

    assert "It would be 8, and should be 7: stock and orders would not add up" in page
    assert (decided.status_code, product(api, pen)["stock"]) == (302, 7)


def test_stocks_that_do_not_add_up_and_are_not_shown_are_decided_together(
    browser: Browser, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("versioning.pages.decisions.MOST", 1)
    pens = sold_without_tokens(api, 2)
    first = f"value:{place(pens[0], 'stock')}"

    page = browser.get(SEASON)
    merged = send(browser, SEASON, "merge", **{first: "7"}, rest="ours")

    assert "the first 1 of 2 conflicts" in text(page)
    assert merged.status_code == 302
    assert [product(api, pen)["stock"] for pen in pens] == [7, 7]


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_stocks_decided_together_add_up_with_the_orders_of_both_branches(
    browser: Browser, api: Api, monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    monkeypatch.setattr("versioning.pages.decisions.MOST", 1)
    api.customer("Ann")
    pens = [api.product(f"Pen {n}", "1.00", stock=10) for n in (1, 2)]
    create(browser, "season")
    for branch, pieces in (("main", 1), ("season", 2)):
        for pen in pens:
            sell(api, pen, pieces, on=branch)
            put(api, pen, on=branch, price=f"{pieces}.50")

    unknown = send(browser, SEASON, "merge", rest="both")
    merged = send(browser, SEASON, "merge", rest=side)

    assert (unknown.status_code, merged.status_code) == (422, 302)
    assert text(unknown).count("should be 'ours', 'theirs' or 'sum'") <= 1
    price = {"ours": "1.50", "theirs": "2.50"}[side]
    assert [(product(api, pen)["stock"], product(api, pen)["price"]) for pen in pens] == [
        (7, price),
        (7, price),
    ]


def test_a_stock_that_does_not_add_up_once_the_conflicts_are_decided(
    browser: Browser, api: Api
) -> None:
    [pen] = sold_without_tokens(api)
    for branch, name in (("main", "Biro"), ("season", "Quill")):
        on(branch, "UPDATE products SET name = %s WHERE id = %s", name, pen["id"])
    name, stock = f"take:{place(pen, 'name')}", f"value:{place(pen, 'stock')}"

    def repeat(shown: HttpResponse, **typed: str) -> HttpResponse:
        form = shown.content.decode().partition('name="heads"')[2]
        heads = re.findall('value="([^"]+)"', form)[0]
        values = {"action": "merge", "heads": heads, name: "theirs", **typed}
        return browser.post(SEASON, values, HTTP_ACCEPT="text/html")

    first = send(browser, SEASON, "merge", **{name: "theirs"})
    wrong = repeat(first, **{stock: "many"})
    again = repeat(wrong)

    assert "It would be 8, and should be 7" in text(first)
    assert '<option value="theirs" selected>' in first.content.decode()
    assert (wrong.status_code, 'role="alert"' in wrong.content.decode()) == (422, True)
    assert 'value="many"' not in wrong.content.decode()
    assert "It would be 8, and should be 7" in text(again)
    assert repeat(again, **{stock: "7"}).status_code == 302
    assert product(api, pen) == {"name": "Quill", "price": "1.20", "stock": 7}


def test_a_hundred_conflicts_are_shown_and_the_others_decided_together(
    browser: Browser, many: list[Any]
) -> None:
    first, others = f"take:product:{many[0].pk}:price", {"rest": "theirs"}

    page = browser.get(SEASON)
    half = send(browser, SEASON, "merge", **{first: "ours"})
    tried = send(browser, SEASON, "try", **{first: "ours"}, **others)
    before = {str(price) for price in Product.objects.values_list("price", flat=True)}
    merged = send(browser, SEASON, "merge", **{first: "ours"}, **others)

    assert page.content.decode().count('name="take:') == 100
    assert "120 conflicts must be decided" in text(page)
    assert "the first 100 of 120 conflicts" in text(page)
    assert (half.status_code, tried.status_code, merged.status_code) == (409, 200, 302)
    assert "Tried: this would work" in text(tried)
    assert '<option value="theirs" selected>' in tried.content.decode()
    assert before == {"1.10"}
    prices = [str(each.price) for each in Product.objects.order_by("pk")]
    assert prices == ["1.10"] + ["1.20"] * 119


def test_all_other_conflicts_of_a_change_request_are_decided_together(
    browser: Browser, settings: Settings, many: list[Any]
) -> None:
    path = browser.fill("/shop/requests/new/?source=season", title="Season")["Location"]
    ada = logged_in("ada")
    send(ada, path, "review", decision="approve")
    settings.API_TOKENS = {"a-token": "ann"}
    merge = ("merge_changerequest", "view_customer", "view_order")

    refused = send(user("bob", *merge, "view_product"), path, "merge", rest="theirs")
    before = {str(price) for price in Product.objects.values_list("price", flat=True)}
    merged = send(user("eve", *merge, "change_product"), path, "merge", rest="theirs")

    assert (refused.status_code, merged.status_code, before) == (403, 302, {"1.10"})
    assert {str(price) for price in Product.objects.values_list("price", flat=True)} == {"1.20"}


def test_the_lines_of_an_order_are_shown_in_words(browser: Browser, api: Api) -> None:
    ann, pen = api.customer("Ann"), api.product("Pen", "1.00", stock=20)
    order = api.order(ann, (pen, 2))
    create(browser, "season")
    for branch, pieces in (("main", 3), ("season", 5)):
        body = {"customer": ann, "products": [{"id": pen["id"], "quantity": pieces}]}
        api.put(f"/order/{order['id']}/", body, **{"Dolt-Branch": branch})

    page = browser.page(SEASON, most=OF_A_MERGE)

    line = f"× product {pen['id']} at 1.00"
    assert f"products Before 2 {line} Ours 3 {line} Theirs 5 {line}" in page


def test_an_order_without_lines_is_a_side_with_nothing(browser: Browser, api: Api) -> None:
    ann, pen = api.customer("Ann"), api.product("Pen", "1.00", stock=20)
    order = api.order(ann, (pen, 2))
    create(browser, "season")
    for branch, lines in (("main", []), ("season", [{"id": pen["id"], "quantity": 5}])):
        body = {"customer": ann, "products": lines}
        api.put(f"/order/{order['id']}/", body, **{"Dolt-Branch": branch})

    page = browser.page(SEASON, most=OF_A_MERGE)

    line = f"× product {pen['id']} at 1.00"
    assert f"products Before 2 {line} Ours nothing Theirs 5 {line}" in page


def test_a_decision_that_would_break_a_rule_is_refused_with_the_rule(
    browser: Browser, api: Api
) -> None:
    api.customer("Ann")
    pen = api.product("Pen", "1.00", stock=20)
    create(browser, "season")
    api.delete(f"/product/{pen['id']}/", **{"Dolt-Branch": "season"})
    put(api, pen, price="2.00")
    sell(api, pen, 1)

    refused = send(browser, SEASON, "merge", **{f"take:{place(pen, '')}": "theirs"})

    assert refused.status_code == 409
    assert re.search(r"order line \d+ would break the rule foreign key: change", text(refused))
    assert product(api, pen)["price"] == "2.00"


def test_the_first_broken_rules_are_named_and_the_others_counted(
    browser: Browser, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("versioning.pages.decisions.MOST", 1)
    api.customer("Ann")
    pen = api.product("Pen", "1.00", stock=20)
    create(browser, "season")
    api.delete(f"/product/{pen['id']}/", **{"Dolt-Branch": "season"})
    for _ in range(3):
        sell(api, pen, 1)

    refused = send(browser, SEASON, "merge", **{f"take:{place(pen, '')}": "theirs"})

    assert text(refused).count("would break the rule foreign key") == 1
    assert "2 more would break a rule: change it on one of the branches" in text(refused)
    assert product(api, pen)["stock"] == 17


def test_all_that_is_wrong_with_a_merge_is_said_at_once(
    browser: Browser, api: Api, conflict: Any
) -> None:
    wrong = {"take:product:0:price": "both", "message": "a\0"}

    refused = send(browser, SEASON, "merge", **wrong)

    assert (refused.status_code, product(api, conflict)["price"]) == (422, "1.10")
    assert "A message has no NUL. Must be 'ours', 'theirs' or 'sum'." in text(refused)


def test_a_row_that_one_side_deleted_is_a_conflict_of_the_whole_row(
    browser: Browser, api: Api
) -> None:
    pen = api.product("Pen", "1.00", stock=20)
    create(browser, "season")
    put(api, pen, price="1.50")
    api.delete(f"/product/{pen['id']}/", **{"Dolt-Branch": "season"})

    page = browser.page(SEASON, most=OF_A_MERGE)
    merged = send(browser, SEASON, "merge", **{f"take:{place(pen, '')}": "theirs"})

    assert "the whole row Before name: Pen; price: 1.00; stock: 20" in page
    assert "Theirs no such row" in page
    assert (merged.status_code, api.list("/product/")) == (302, [])
