"""The pages of version control: branches, merges, change requests and histories."""

from __future__ import annotations

import json
import re
import subprocess
import time
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from bank.models import Customer, Order, Product
from tests.admin_pages import PASSWORD, log_in
from tests.api import Api
from tests.pages.conftest import MOST_STATEMENTS, Browser, text
from tests.serving import Server
from tests.versioning.changes import commit_to, names
from tests.versioning.shop import ANN, log, on, product, put, sell
from tests.versioning.test_admin import user
from tests.versioning.test_change_requests import killed
from tests.versioning.test_invariants import sold_without_tokens
from versioning.models import Branch, ChangeRequest, Commit
from versioning.models.mergeable import LONGEST_MERGE
from versioning.procedures import call
from versioning.signatures import signed

BRANCHES = "/shop/branches/"
OF_A_MERGE = 40  # statements of a page with a dry run, which asks Dolt for conflicts in all tables
OF_A_VERSION = 35  # statements of a version of an order: its tables at its commit and the parent


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def api(browser: Browser) -> Api:
    return Api(Client())


def logged_in(name: str) -> Browser:
    """Return a browser in which a new superuser has logged in."""
    browser = Browser()
    browser.cookies = user(name, superuser=True).cookies
    return browser


def create(browser: Browser, name: str) -> None:
    created = browser.post(BRANCHES, {"name": name, "next": "/shop/product/"})
    assert (created.status_code, created["Location"]) == (302, "/shop/product/")


def switch(browser: Browser, name: str) -> HttpResponse:
    return browser.post("/shop/switch/", {"name": name, "next": "/shop/product/"})


def send(browser: Client, path: str, action: str, **chosen: Any) -> HttpResponse:
    """Post the form of the page whose button has this value, with what is chosen in it."""
    page = browser.get(path).content.decode()
    [form] = [f for f in re.findall("(?s)<form.*?</form>", page) if f'value="{action}"' in f]
    inputs = re.findall(r'<input[^>]*? name="([^"]+)" value="([^"]*)"', form)
    values = {name: unescape(value) for name, value in inputs}
    typed = {"action": action, **chosen}
    return browser.post(path, {**values, **typed}, HTTP_ACCEPT="text/html")


# The branch of the session


def test_every_page_leads_to_the_branches_and_their_page_creates_one(browser: Browser) -> None:
    pages = [browser.get(path, HTTP_ACCEPT="text/html") for path in ("/", "/customer/0/")]

    created = browser.fill(BRANCHES, name="season")

    assert all(f'<a href="{BRANCHES}">Branches</a>' in page.content.decode() for page in pages)
    assert (created.status_code, created["Location"]) == (302, BRANCHES)
    assert "The branch season was created from main" in browser.page(BRANCHES)
    assert Branch.objects.filter(name="season").exists()


def test_a_branch_is_created_from_the_current_one_and_used_by_all_pages(
    browser: Browser, api: Api
) -> None:
    api.product("Pen", "1.20")
    create(browser, "season")

    added = browser.fill("/shop/product/new/", name="Kite", price="9.00")
    on_season = browser.page("/shop/product/")
    create(browser, "of-season")
    on_its_branch = browser.page("/shop/product/")
    switch(browser, "main")

    assert "of-season was created from season" in on_its_branch and "Kite 9.00" in on_its_branch
    assert added.status_code == 302
    assert "You are on it" not in on_season and "Kite 9.00" in on_season
    assert "Kite" not in browser.page("/shop/product/")
    create(browser, "of-main")
    assert "Kite" not in browser.page("/shop/product/")


def test_the_switcher_is_in_the_header_of_every_page(browser: Browser, other: Branch) -> None:
    for path in ("/", "/shop/customer/", "/shop/product/new/", "/shop/storm/", BRANCHES):
        page = browser.get(path).content.decode()
        assert "<option selected>main</option><option>other</option>" in page
        assert f'name="next" value="{path}"' in page

    switch(browser, "other")

    assert (
        "<option>main</option><option selected>other</option>" in browser.get("/").content.decode()
    )
    assert "Branch other (this page is on main)" in browser.page("/shop/sessions/")
    assert "(this page is on main)" not in browser.page(BRANCHES)


def test_a_page_on_a_branch_commits_as_the_user_with_the_call_as_its_message(
    browser: Browser, api: Api
) -> None:
    pen = api.product("Pen", "1.20")
    create(browser, "season")
    ada = logged_in("ada")
    switch(ada, "season")

    browser.fill(f"/shop/product/{pen['id']}/", price="1.30")
    ada.fill(f"/shop/product/{pen['id']}/", price="1.40")

    ours, theirs = Commit.log("season", 2)
    assert {ours.message, theirs.message} == {f"PUT /product/{pen['id']}/"}
    assert (ours.committer, ours.email) == ("ada", "ada@example.com")
    assert (theirs.committer, theirs.email) == ("anybody", "bank@localhost")
    assert product(api, pen) == {"name": "Pen", "price": "1.20", "stock": None}


def test_the_curl_line_names_the_branch(browser: Browser, other: Branch) -> None:
    before = browser.page("/shop/customer/")
    switch(browser, "other")

    assert "Dolt-Branch" not in before
    line = "curl --header 'Dolt-Branch: other' 'http://testserver/customer/?limit=20'"
    assert line in browser.page("/shop/customer/")
    assert "Dolt-Branch" not in browser.page(BRANCHES)


def test_a_header_of_the_browser_chooses_no_branch(browser: Browser, other: Branch) -> None:
    commit_to("other", "Zach")

    page = browser.get("/shop/customer/", headers={"Dolt-Branch": "other", "If-None-Match": "*"})

    assert (page.status_code, "Zach" in text(page)) == (200, False)


@pytest.mark.parametrize("name", ["nowhere", "", "-d", "a?b", "a%2Fb", "\0", "HEAD", "#"])
def test_an_unknown_branch_is_refused(browser: Browser, name: str) -> None:
    refused = switch(browser, name)

    assert (refused.status_code, "There is no" in text(refused)) == (404, True)
    assert "<option selected>main</option>" in browser.get("/").content.decode()


@pytest.mark.parametrize("name", ["", "a b", "-d", "x" * 101, "other"])
def test_a_branch_that_cannot_be_created_says_why(
    browser: Browser, other: Branch, name: str
) -> None:
    refused = browser.post(BRANCHES, {"name": name})

    assert refused.status_code in (409, 422)
    assert "name" in text(refused).lower()
    assert Branch.objects.count() == 2


def test_a_deleted_branch_is_a_page_with_a_way_back(browser: Browser, other: Branch) -> None:
    switch(browser, "other")
    other.delete()

    for path in ("/", "/shop/customer/", "/shop/product/1/history/"):
        assert "the branch other, which no longer exists" in browser.page(path, status=404)
    added = browser.post("/shop/customer/new/", {"name": "Zach"})
    assert (added.status_code, names()) == (404, [])
    assert "There is no such branch" in browser.page(BRANCHES, status=404)
    switch(browser, "main")
    assert browser.page("/shop/customer/")


def test_a_form_of_another_branch_and_a_form_without_its_token_are_refused(other: Branch) -> None:
    strict = Browser(enforce_csrf_checks=True)

    assert strict.post("/shop/switch/", {"name": "other"}).status_code == 403
    assert strict.post(BRANCHES, {"name": "third"}).status_code == 403
    old = {"name": "Zach", "csrfmiddlewaretoken": token(strict)}
    assert strict.post("/shop/switch/", {**old, "name": "other"}).status_code == 302
    assert strict.post("/shop/customer/new/", old).status_code == 403
    assert (names(), names("other")) == ([], [])


@pytest.mark.parametrize("path", ["/shop/customer/new/", "/admin/bank/customer/add/"])
@pytest.mark.parametrize("how", ["logout", "lost cookie", "login of another", "main again"])
def test_a_form_of_a_branch_is_not_executed_on_main_when_its_session_has_ended(
    other: Branch, path: str, how: str
) -> None:
    user("bob", superuser=True)
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = logged_in("ann").cookies
    on_main = {"name": "Mia", "csrfmiddlewaretoken": token(strict)}
    strict.post("/shop/switch/", {**on_main, "name": "other"})
    opened = {"name": "Zach", "csrfmiddlewaretoken": token(strict)}
    again = {"csrfmiddlewaretoken": token(strict)}
    login = {"username": "bob", "password": PASSWORD}
    match how:
        case "logout":
            assert strict.post("/admin/logout/", again).status_code == 200
        case "lost cookie":
            strict.cookies["sessionid"] = "forged"
        case "login of another":
            assert strict.post("/admin/login/", {**again, **login}).status_code == 302
        case "main again":
            assert strict.post("/shop/switch/", {**again, "name": "main"}).status_code == 302

    refused = strict.post(path, opened)
    strict.get("/")
    refused_again = strict.post(path, opened)

    assert (refused.status_code, refused_again.status_code) == (403, 403)
    assert (names(), names("other")) == ([], [])


def test_a_branch_accepts_its_forms_until_it_is_left(other: Branch) -> None:
    strict = Browser(enforce_csrf_checks=True)
    strict.post("/shop/switch/", {"name": "other", "csrfmiddlewaretoken": token(strict)})
    opened = {"csrfmiddlewaretoken": token(strict)}

    added = [
        strict.post("/shop/customer/new/", {**opened, "name": name}) for name in ("Zach", "Zoe")
    ]

    assert [answer.status_code for answer in added] == [302, 302]
    assert (names(), names("other")) == ([], ["Zach", "Zoe"])


def token(browser: Client) -> str:
    page = browser.get("/").content.decode()
    return re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]


def test_one_returns_to_an_address_of_this_server_only(browser: Browser, other: Branch) -> None:
    for address in ("https://example.com/", "//example.com/", ""):
        switched = browser.post("/shop/switch/", {"name": "other", "next": address})
        assert switched["Location"] == BRANCHES


def test_a_storm_on_another_branch_is_still_exact(browser: Browser, other: Branch) -> None:
    switch(browser, "other")

    page = browser.post("/shop/storm/", {"way": "safe", "buyers": 4, "pieces": 2})

    assert "2 orders of 2 pieces, and 0 left in stock: exact." in text(page)


def test_the_commits_of_a_storm_are_signed_by_the_user_who_started_it(other: Branch) -> None:
    ada, before = logged_in("ada"), len(log())

    assert ada.post("/shop/storm/", {"way": "safe", "buyers": 3, "pieces": 2}).status_code == 200

    made = Commit.log("main", len(log()) - before)
    assert len(made) > 2  # the rows, orders, and their deletion
    assert {(each.committer, each.message) for each in made} == {("ada", "POST /shop/storm/")}


# Branches and commits


def test_the_heading_of_a_log_names_whose_commits_it_shows(
    browser: Browser, api: Api, other: Branch
) -> None:
    commit = api.post("/customer/", {"name": "Ann"})["Dolt-Commit"]

    assert "Commits of main" in browser.page(BRANCHES)
    assert "Commits of other" in browser.page(f"{BRANCHES}?branch=other")
    assert f"Commits up to {commit[:10]}" in browser.page(f"{BRANCHES}?branch={commit}")


@pytest.mark.parametrize("name", ["nowhere", "HEAD~9999", "~", "a..b", "@{1"])
def test_a_page_of_an_unknown_branch_names_it(browser: Browser, name: str) -> None:
    page = browser.get(BRANCHES, {"branch": name})

    assert page.status_code == 404
    assert f"no such branch, tag or commit. '{name}'" in text(page)


def test_a_page_that_refuses_a_deletion_names_nothing_of_the_api(
    browser: Browser, other: Branch
) -> None:
    commit_to("other", "Zach")

    refused = browser.post(f"{BRANCHES}other/", {"action": "delete"})

    assert (refused.status_code, "merge it first" in text(refused)) == (409, True)
    assert "?force" not in text(refused) and Branch.objects.filter(name="other").exists()


def test_the_page_of_branches_has_the_log_of_the_current_one_in_pages(browser: Browser) -> None:
    create(browser, "season")
    for number in range(21):
        commit_to("season", f"Customer {number:02}.")

    first = browser.get(BRANCHES).content.decode()
    [older] = re.findall(r'href="(\?branch=[^"]+)#log"', first)
    second = browser.page(BRANCHES + unescape(older))

    assert "season you are here 21 0" in browser.page(BRANCHES)
    assert "Customer 20." in first and "Customer 00." not in first
    assert "Customer 00." in second and "Customer 20." not in second


def test_branches_are_listed_in_pages(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("versioning.pages.branches.BRANCHES", 2)
    for name in ("autumn", "spring"):
        create(browser, name)

    first = browser.get(BRANCHES).content.decode().partition("<main")[2]
    [more] = re.findall(r'rel="next" href="(\?[^"]*after=[^"]+)"', first)
    second = browser.get(BRANCHES + unescape(more)).content.decode().partition("<main")[2]

    listed = [re.findall(r'href="/shop/branches/([^"]+)/"', page) for page in (first, second)]
    assert listed == [["autumn", "main"], ["spring"]]


def test_who_deletes_another_branch_stays_on_the_current_one(
    browser: Browser, other: Branch
) -> None:
    create(browser, "season")
    switch(browser, "other")

    assert browser.post(PATH, {"action": "delete"}).status_code == 302

    assert "other you are here" in browser.page(BRANCHES)
    assert {branch.name for branch in Branch.objects.all()} == {"main", "other"}


def test_a_branch_is_compared_with_main_field_by_field(browser: Browser, api: Api) -> None:
    pen, ink = api.product("Pen", "1.20", stock=3), api.product("Ink", "2.00")
    create(browser, "season")
    put(api, pen, on="season", price="1.50", stock=None)
    api.delete(f"/product/{ink['id']}/", **{"Dolt-Branch": "season"})
    commit_to("season", "Zach <b>")

    page = browser.page("/shop/branches/season/", most=OF_A_MERGE)

    assert "3 commits ahead of main, 0 behind" in page
    assert f"product {pen['id']} changed price 1.20 1.50" in page
    assert "stock 3 empty" in page
    assert f"product {ink['id']} removed name Ink price 2.00 stock empty" in page
    assert re.search(r"customer \d+ added name Zach <b>", page)
    assert "curl 'http://testserver/dolt/diff?from=main&to=season&limit=50'" in page


def test_the_rows_that_differ_are_shown_in_pages(browser: Browser) -> None:
    create(browser, "season")
    for number in range(52):
        commit_to("season", f"Customer {number:02}.")

    first = browser.get("/shop/branches/season/").content.decode()
    [more] = re.findall(r'href="(\?from=[^"]+)"', first)
    commit_to("season", "later")
    second = browser.page("/shop/branches/season/" + unescape(more))

    assert "Customer 49." in first and "Customer 50." not in first
    assert "Customer 50." in second and "Customer 51." in second
    assert "Customer 49." not in second and "later" not in second
    assert "Merge it into main" in first and "Merge it into main" not in second


def test_a_branch_with_slashes_in_its_name_has_a_page(browser: Browser) -> None:
    create(browser, "season/2027")
    commit_to("season/2027", "Zach")

    assert "Branch season/2027" in browser.page("/shop/branches/season/2027/", most=OF_A_MERGE)
    assert 'href="/shop/branches/season/2027/"' in browser.get(BRANCHES).content.decode()
    assert send(browser, "/shop/branches/season/2027/", "merge").status_code == 302
    assert names() == ["Zach"]


def test_a_branch_with_a_name_that_only_the_database_allows_has_a_page(browser: Browser) -> None:
    call("branch", "season#7")

    assert "Branch season#7" in browser.page("/shop/branches/season%237/")
    assert 'href="/shop/branches/season%237/"' in browser.get(BRANCHES).content.decode()


@pytest.mark.parametrize("path", ["nowhere", "a/b", "-d", "a?b"])
def test_the_page_of_an_unknown_branch_is_a_404(browser: Browser, path: str) -> None:
    browser.page(f"/shop/branches/{path}/", status=404)


@pytest.mark.parametrize(
    ("query", "status"), [("skip=x", 422), ("branch=nowhere", 404), ("after=%00", 200)]
)
def test_a_wrong_page_of_branches_is_a_readable_refusal(
    browser: Browser, query: str, status: int
) -> None:
    browser.page(f"{BRANCHES}?{query}", status=status)


@pytest.mark.parametrize("query", ["after=x", "from=nowhere&to=main&after=product:1"])
def test_a_wrong_page_of_a_diff_is_a_readable_refusal(
    browser: Browser, other: Branch, query: str
) -> None:
    assert browser.get(f"/shop/branches/other/?{query}").status_code in (404, 422)


def test_a_merged_branch_is_deleted_and_one_with_commits_is_not(
    browser: Browser, other: Branch
) -> None:
    switch(browser, "other")
    commit_to("other", "Zach")

    refused = browser.post("/shop/branches/other/", {"action": "delete"}, HTTP_ACCEPT="text/html")
    send(browser, "/shop/branches/other/", "merge")
    deleted = browser.post("/shop/branches/other/", {"action": "delete"})

    assert (refused.status_code, "commits that are nowhere else" in text(refused)) == (409, True)
    assert deleted["Location"] == BRANCHES
    assert "The branch other was deleted" in browser.page(BRANCHES)
    assert [branch.name for branch in Branch.objects.all()] == ["main"]


# Merges


def test_a_dry_run_is_shown_and_then_the_branch_is_merged(browser: Browser, other: Branch) -> None:
    commit_to("other", "Zach")
    commit_to("main", "Ann")

    before = browser.page("/shop/branches/other/", most=OF_A_MERGE)
    merged = send(browser, "/shop/branches/other/", "merge", message="Zach is here")

    assert "A dry run says: it can be merged without conflicts" in before
    assert merged.status_code == 302
    assert "other was merged into main" in browser.page(merged["Location"])
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
    commit_to("other", "Zach")
    path = open_request(browser)["Location"]
    send(logged_in("ada"), path, "review", decision="approve")
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


@pytest.fixture
def conflict(browser: Browser, api: Api) -> Any:
    """Return a product whose price and stock both branches have changed."""
    api.customer("Ann")
    pen = api.product("Pen", "1.00", stock=10)
    create(browser, "season")
    put(api, pen, price="1.10", stock=8)
    put(api, pen, on="season", price="1.20", stock=7)
    return pen


def place(pen: Any, field: str) -> str:
    return f"product:{pen['id']}:{field}"


PATH = "/shop/branches/season/"


def test_conflicts_are_shown_field_by_field_and_resolved_on_the_page(
    browser: Browser, api: Api, conflict: Any
) -> None:
    page = browser.page(PATH, most=OF_A_MERGE)
    price, stock = (f"take:{place(conflict, field)}" for field in ("price", "stock"))
    merged = send(browser, PATH, "merge", **{price: "theirs", stock: "sum"})

    assert "A dry run says: 2 conflicts must be decided first" in page
    assert "Ours is main, theirs season." in page
    assert "price Before 1.00 Ours 1.10 Theirs 1.20" in page
    assert "stock Before 10 Ours 8 Theirs 7" in page
    assert merged.status_code == 302
    assert product(api, conflict) == {"name": "Pen", "price": "1.20", "stock": 5}


def test_a_conflict_is_resolved_by_a_value(browser: Browser, api: Api, conflict: Any) -> None:
    price, stock = (f"value:{place(conflict, field)}" for field in ("price", "stock"))

    wrong = send(browser, PATH, "merge", **{price: "cheap", stock: "6"})
    tried = send(browser, PATH, "try", **{price: "1.15", stock: "6"})
    before = product(api, conflict)
    merged = send(browser, PATH, "merge", **{price: "1.15", stock: "6"})

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

    refused = send(browser, PATH, "merge", **{price: "ours", stock: typed})

    assert refused.status_code == 422
    assert f'id="wrong-{place(conflict, "stock")}" class="error">' in refused.content.decode()
    assert product(api, conflict) == {"name": "Pen", "price": "1.10", "stock": 8}


def test_a_half_decided_merge_keeps_what_was_chosen(
    browser: Browser, api: Api, conflict: Any
) -> None:
    half = send(browser, PATH, "merge", **{f"take:{place(conflict, 'price')}": "theirs"})

    assert (half.status_code, "nothing was changed" in text(half)) == (409, True)
    assert '<option value="theirs" selected>' in half.content.decode()
    assert product(api, conflict)["price"] == "1.10"


def test_an_outdated_decision_is_refused_and_shows_what_conflicts_now(
    browser: Browser, api: Api, conflict: Any
) -> None:
    heads = re.findall('name="heads" value="([^"]+)"', browser.get(PATH).content.decode())[0]
    sell(api, conflict, 1)
    price, stock = (f"take:{place(conflict, field)}" for field in ("price", "stock"))

    decisions = {price: "theirs", stock: "sum", "heads": heads}
    refused = send(browser, PATH, "merge", **decisions)

    assert refused.status_code == 409
    assert "The branches have new commits since this page was shown" in text(refused)
    assert "stock Before 10 Ours 7 Theirs 7" in text(refused)
    assert "selected>add both changes" not in refused.content.decode()
    assert product(api, conflict)["stock"] == 7
    assert send(browser, PATH, "merge", **{price: "theirs", stock: "sum"}).status_code == 302
    assert product(api, conflict)["stock"] == 4


def test_a_stock_that_does_not_add_up_is_decided_on_the_page(browser: Browser, api: Api) -> None:
    [pen] = sold_without_tokens(api)
    page = browser.page(PATH, most=OF_A_MERGE)
    decided = send(browser, PATH, "merge", **{f"value:{place(pen, 'stock')}": "7"})

    assert "It would be 8, and should be 7: stock and orders would not add up" in page
    assert (decided.status_code, product(api, pen)["stock"]) == (302, 7)


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
        return browser.post(PATH, values, HTTP_ACCEPT="text/html")

    first = send(browser, PATH, "merge", **{name: "theirs"})
    wrong = repeat(first, **{stock: "many"})
    again = repeat(wrong)

    assert "It would be 8, and should be 7" in text(first)
    assert '<option value="theirs" selected>' in first.content.decode()
    assert (wrong.status_code, 'role="alert"' in wrong.content.decode()) == (422, True)
    assert 'value="many"' not in wrong.content.decode()
    assert "It would be 8, and should be 7" in text(again)
    assert repeat(again, **{stock: "7"}).status_code == 302
    assert product(api, pen) == {"name": "Quill", "price": "1.20", "stock": 7}


@pytest.fixture
def many(browser: Browser) -> list[Any]:
    """Return 120 products whose prices both branches have changed."""
    with signed("Goods", ANN):
        Product.objects.bulk_create(
            Product(name=f"P{number}", price="1.00") for number in range(120)
        )
    create(browser, "season")
    for branch, price in (("main", "1.10"), ("season", "1.20")):
        on(branch, "UPDATE products SET price = %s", price)
    return list(Product.objects.order_by("pk"))


def test_a_hundred_conflicts_are_shown_and_the_others_decided_together(
    browser: Browser, many: list[Any]
) -> None:
    first, others = f"take:product:{many[0].pk}:price", {"rest": "theirs"}

    page = browser.get(PATH)
    half = send(browser, PATH, "merge", **{first: "ours"})
    tried = send(browser, PATH, "try", **{first: "ours"}, **others)
    before = {str(price) for price in Product.objects.values_list("price", flat=True)}
    merged = send(browser, PATH, "merge", **{first: "ours"}, **others)

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

    page = browser.page(PATH, most=OF_A_MERGE)

    line = f"× product {pen['id']} at 1.00"
    assert f"products Before 2 {line} Ours 3 {line} Theirs 5 {line}" in page


def test_an_order_without_lines_is_a_side_with_nothing(browser: Browser, api: Api) -> None:
    ann, pen = api.customer("Ann"), api.product("Pen", "1.00", stock=20)
    order = api.order(ann, (pen, 2))
    create(browser, "season")
    for branch, lines in (("main", []), ("season", [{"id": pen["id"], "quantity": 5}])):
        body = {"customer": ann, "products": lines}
        api.put(f"/order/{order['id']}/", body, **{"Dolt-Branch": branch})

    page = browser.page(PATH, most=OF_A_MERGE)

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

    refused = send(browser, PATH, "merge", **{f"take:{place(pen, '')}": "theirs"})

    assert refused.status_code == 409
    assert re.search(r"order line \d+ would break the rule foreign key: change", text(refused))
    assert product(api, pen)["price"] == "2.00"


def test_all_that_is_wrong_with_a_merge_is_said_at_once(
    browser: Browser, api: Api, conflict: Any
) -> None:
    wrong = {"take:product:0:price": "both", "message": "a\0"}

    refused = send(browser, PATH, "merge", **wrong)

    assert (refused.status_code, product(api, conflict)["price"]) == (422, "1.10")
    assert "A message has no NUL. Must be 'ours', 'theirs' or 'sum'." in text(refused)


def test_a_row_that_one_side_deleted_is_a_conflict_of_the_whole_row(
    browser: Browser, api: Api
) -> None:
    pen = api.product("Pen", "1.00", stock=20)
    create(browser, "season")
    put(api, pen, price="1.50")
    api.delete(f"/product/{pen['id']}/", **{"Dolt-Branch": "season"})

    page = browser.page(PATH, most=OF_A_MERGE)
    merged = send(browser, PATH, "merge", **{f"take:{place(pen, '')}": "theirs"})

    assert "the whole row Before name: Pen; price: 1.00; stock: 20" in page
    assert "Theirs no such row" in page
    assert (merged.status_code, api.list("/product/")) == (302, [])


# Change requests


def open_request(browser: Browser, **typed: str) -> HttpResponse:
    path = "/shop/requests/new/?source=other"
    return browser.fill(path, **{"title": "Zach", "description": "New", **typed})


def test_a_change_request_is_opened_reviewed_and_merged(browser: Browser, other: Branch) -> None:
    commit_to("other", "Zach")
    opened = open_request(browser, description="Of other: Zach is new")
    path = opened["Location"]
    ada = logged_in("ada")

    own = send(browser, path, "review", decision="approve")
    waiting = browser.page(path, most=OF_A_MERGE)
    assert "Of other: Zach is new" in waiting
    reviewed = send(ada, path, "review", decision="approve", text="Good")
    ready = browser.page(path, most=OF_A_MERGE)
    merged = send(browser, path, "merge")
    said = text(browser.get(path))

    assert "Zach" in browser.page("/shop/requests/?state=merged")
    assert (own.status_code, "cannot approve it" in text(own)) == (409, True)
    assert "It needs more approvals" in waiting and "log in to the admin" in waiting
    assert (reviewed.status_code, merged.status_code) == (302, 302)
    assert "ada : approve" in ready and "A dry run says: it can be merged" in ready
    assert "It was a fast-forward" in said
    assert "It is merged" in browser.page(path)
    assert names() == ["Zach"]
    assert ChangeRequest.objects.get().author == "anybody"


def test_a_merge_that_was_killed_says_when_it_can_be_repeated(
    browser: Browser, other: Branch
) -> None:
    commit_to("other", "Zach")
    path = open_request(browser)["Location"]
    send(logged_in("ada"), path, "review", decision="approve")
    with killed(DEFAULT_DB_ALIAS, before="dolt_merge("):
        send(browser, path, "merge")
    began = ChangeRequest.objects.get().changed

    page = browser.page(path)
    refused = browser.post(path, {"action": "merge"})
    ChangeRequest.objects.update(changed=F("changed") - LONGEST_MERGE)
    merged = send(browser, path, "merge")

    again = f"it can be merged after {began + LONGEST_MERGE:%H:%M:%S} UTC."
    assert again in page and again in text(refused)
    assert (refused.status_code, merged.status_code, names()) == (409, 302, ["Zach"])


def test_one_person_is_the_same_in_the_admin_and_on_the_pages(other: Branch) -> None:
    commit_to("other", "Zach")
    ada = logged_in("ada")
    path = open_request(ada)["Location"]

    own = send(ada, path, "review", decision="approve")

    assert ChangeRequest.objects.get().author == "ada"
    assert own.status_code == 409


def test_a_change_request_with_conflicts_is_resolved_on_its_page(
    browser: Browser, api: Api, conflict: Any
) -> None:
    path = browser.fill("/shop/requests/new/?source=season", title="Season")["Location"]
    waiting = browser.page(path, most=OF_A_MERGE)
    ada = logged_in("ada")
    send(ada, path, "review", decision="approve")
    price, stock = (f"take:{place(conflict, field)}" for field in ("price", "stock"))

    page = browser.page(path, most=OF_A_MERGE)
    tried = send(browser, path, "try", **{price: "ours", stock: "sum"})
    before = product(api, conflict)
    merged = send(browser, path, "merge", **{price: "ours", stock: "sum"})

    assert f"runner manage {settings.BACKEND} createsuperuser" in waiting
    assert "Its merge has 2 conflicts" in waiting and "Its merge has" not in page
    assert "stock Before 10 Ours 8 Theirs 7" in page
    assert "Tried: this would work. Nothing was changed." in text(tried)
    assert before == {"name": "Pen", "price": "1.10", "stock": 8}
    assert merged.status_code == 302
    assert product(api, conflict) == {"name": "Pen", "price": "1.10", "stock": 5}


def test_a_review_of_what_the_page_has_not_shown_is_refused(
    browser: Browser, other: Branch
) -> None:
    seen = commit_to("other", "Zach")
    path = open_request(browser)["Location"]
    commit_to("other", "Yan")

    refused = send(logged_in("ada"), path, "review", decision="approve", commit=seen)

    assert refused.status_code == 409
    assert "has newer commits than the one that was reviewed" in text(refused)


def test_a_change_request_is_closed(browser: Browser, other: Branch) -> None:
    commit_to("other", "Zach")
    path = open_request(browser)["Location"]

    closed = send(browser, path, "close")

    assert closed.status_code == 302
    assert "It is closed" in browser.page(path)
    assert browser.post(path, {"action": "close"}).status_code == 409


def test_change_requests_are_listed_in_pages(
    browser: Browser, other: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("versioning.pages.requests.ROWS", 1)
    commit_to("other", "Zach")
    Branch(name="second", hash="other").save()
    for title, source in (("One", "other"), ("Two", "second")):
        open_request(browser, title=title, source=source)

    first = browser.get("/shop/requests/").content.decode()
    [more] = re.findall(r'rel="next" href="(\?[^"]*after=[^"]+)"', first)
    second = browser.get("/shop/requests/" + unescape(more)).content.decode()

    listed = [re.findall(r'href="/shop/requests/\d+/">(\w+)<', page) for page in (first, second)]
    assert sorted(listed) == [["One"], ["Two"]]
    assert 'rel="next"' not in second


def test_a_change_request_that_is_sent_twice_is_opened_once(
    browser: Browser, other: Branch
) -> None:
    commit_to("other", "Zach")
    path = open_request(browser)["Location"]

    again = open_request(browser)
    kept = ChangeRequest.objects.count()
    send(browser, path, "close")
    later = open_request(browser)

    assert (again.status_code, kept, later.status_code) == (409, 1, 302)
    assert "There is an open change request of this source and target already" in text(again)
    assert f'<a href="{path}">Zach</a>' in again.content.decode()


@pytest.mark.parametrize("action", ["", "nosuch", "approve"])
def test_an_unknown_action_changes_nothing(browser: Browser, other: Branch, action: str) -> None:
    commit_to("other", "Zach")
    path, ada = open_request(browser)["Location"], logged_in("ada")
    form = {"action": action, "decision": "approve"}

    refused = [ada.post(each, form) for each in (path, "/shop/branches/other/")]

    assert [page.status_code for page in refused] == [422, 422]
    assert (ChangeRequest.objects.get().reviews.count(), names()) == (0, [])


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"title": ""}, 422), ({"source": "nowhere"}, 404), ({"source": "main"}, 409)],
)
def test_a_change_request_that_is_not_possible_says_why(
    browser: Browser, other: Branch, wrong: dict[str, str], status: int
) -> None:
    refused = open_request(browser, **wrong)

    assert (refused.status_code, "Nothing was saved" in text(refused)) == (status, True)
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize("path", ["0/", "9999999999/", "?state=x", "?after=x"])
def test_a_wrong_address_of_change_requests_is_a_page(browser: Browser, path: str) -> None:
    assert browser.get(f"/shop/requests/{path}").status_code in (404, 422)


# Histories


def test_a_row_shows_what_each_commit_changed_and_how_it_was(
    browser: Browser, api: Api, kind: str
) -> None:
    row = made(api, kind)
    path = f"/shop/{kind}/{row['id']}/history/"

    newest = browser.page(path, most=MOST_STATEMENTS if kind != "order" else 2 * OF_A_VERSION)
    oldest = text(browser.get(f"{path}?position=1"))
    same = re.findall(r'href="(\?commit=[^"]+)"', browser.get(path).content.decode())[-1]

    expected = {
        "customer": ("name: Ann → Anna", "name Anna", "name Ann "),
        "product": ("price: 1.00 → 1.50", "price 1.50", "price 1.00"),
        "order": ("2 at 1.00 → 3 at 1.00", "3 at 1.00", "2 at 1.00"),
    }[kind]
    assert expected[0] in newest
    assert "This is the latest version" in newest and expected[1] in newest.split("What each")[0]
    assert expected[2] in oldest.split("What each")[0]
    assert "Restore this version" in oldest
    assert text(browser.get(path + same)).split("What each")[0] == oldest.split("What each")[0]
    assert f"?as_of={same.partition('=')[2]}" in oldest
    assert f'href="{path}"' in browser.get(f"/shop/{kind}/{row['id']}/").content.decode()


def made(api: Api, kind: str) -> Any:
    """Return a row with two versions."""
    ann, pen = api.customer("Ann"), api.product("Pen", "1.00", stock=9)
    if kind == "customer":
        api.put(f"/customer/{ann['id']}/", {"name": "Anna"})
        return ann
    if kind == "product":
        put(api, pen, price="1.50")
        return pen
    order = new_order(api, ann, pen, 2)
    body = {"customer": ann, "products": [{"id": pen["id"], "quantity": 3}]}
    api.put(f"/order/{order['id']}/", body)
    return order


def new_order(api: Api, customer: Any, product: Any, quantity: int) -> Any:
    """Return an order with a key that no order of an earlier test had, whose history is here."""
    unused = time.time_ns() // 1000
    Order.objects.create(pk=unused, customer_id=customer["id"], subtotal=0).delete()
    order = api.order(customer, (product, quantity))
    assert order["id"] == unused + 1
    return order


def test_a_version_is_restored_as_a_new_commit(browser: Browser, api: Api, kind: str) -> None:
    row = made(api, kind)
    path = f"/shop/{kind}/{row['id']}/history/"
    before = len(log())

    commit = re.findall(r'href="\?commit=(\w+)', browser.get(path).content.decode())[-1]
    restored = browser.post(path, {"commit": commit})

    assert restored["Location"] == path
    assert "was restored, by a new commit" in text(browser.get(path))
    assert (len(log()), log()[0]) == (before + 1, f"POST /{kind}/{row['id']}/restore/")
    now = api.get(f"/{kind}/{row['id']}/").json()
    assert now == api.get(f"/{kind}/{row['id']}/?as_of={commit}").json()


def test_a_deleted_row_has_a_history_and_is_restored(browser: Browser, api: Api) -> None:
    pen = api.product("Pen", "1.00", stock=9)
    api.delete(f"/product/{pen['id']}/")
    path = f"/shop/product/{pen['id']}/history/"

    page = browser.page(path)
    restored = send_restore(browser, path)

    assert "It was deleted in this version" in page
    assert restored.status_code == 302
    assert product(api, pen) == {"name": "Pen", "price": "1.00", "stock": 9}


def test_what_a_commit_changed_is_compared_with_its_parent_and_not_with_the_one_before_in_time(
    browser: Browser, api: Api
) -> None:
    pen = api.product("Ice cream", "1.50")
    Branch(name="season").save()
    put(api, pen, on="season", price="1.20")
    put(api, pen, name="Gelato")
    Branch.objects.get(name="season").merge()
    path = f"/shop/product/{pen['id']}/history/"

    page = browser.page(path).partition("What each commit changed")[2]
    merge, *two = api.client.get(f"/product/{pen['id']}/history/?limit=3").json()

    assert page.count("Ice cream → Gelato") == 1
    assert page.count("1.50 → 1.20") == 2  # by the commit on the branch, and by the merge on main
    assert [each["before"]["price"] for each in two] == ["1.50", "1.50"]
    assert merge["before"] == {**pen, "name": "Gelato", "price": "1.50"}


def test_an_order_of_a_merged_branch_is_shown_with_what_each_commit_changed(
    browser: Browser, api: Api
) -> None:
    ann, pen = api.customer("Ann"), api.product("Pen", "1.00", stock=None)
    order = new_order(api, ann, pen, 2)
    Branch(name="season").save()
    bob = api.post("/customer/", {"name": "Bob"}).json()
    body = {"customer": ann, "products": [{"id": pen["id"], "quantity": 3}]}
    api.put(f"/order/{order['id']}/", body, **{"Dolt-Branch": "season"})
    api.put(f"/order/{order['id']}/", {**order, "customer": bob})
    path = f"/shop/order/{order['id']}/history/"
    Branch.objects.get(name="season").merge()

    page = browser.get(path)

    changed = text(page).partition("What each commit changed")[2]
    assert "2 at 1.00 → 3 at 1.00" in changed and "3 at 1.00 → 2 at 1.00" not in changed


def send_restore(browser: Browser, path: str) -> HttpResponse:
    commit = re.findall(r'href="\?commit=(\w+)', browser.get(path).content.decode())[-1]
    return browser.post(path, {"commit": commit})


def test_the_history_is_that_of_the_branch(browser: Browser, api: Api, other: Branch) -> None:
    pen = api.product("Pen", "1.00")
    switch(browser, "other")
    path = f"/shop/product/{pen['id']}/history/"

    assert "There is no such version" in browser.page(path, status=404)
    create(browser, "season")
    put_on = api.post("/product/", {"name": "Ink", "price": "2"}, **{"Dolt-Branch": "season"})
    page = browser.page(f"/shop/product/{put_on.json()['id']}/history/")
    assert "name: Ink" in page and "curl --header 'Dolt-Branch: season'" in page
    put(api, put_on.json(), on="season", price="3")
    oldest = browser.page(f"/shop/product/{put_on.json()['id']}/history/?position=1")
    assert "Restore it with curl curl --header 'Dolt-Branch: season' --json" in oldest


def test_a_long_history_has_pages_and_the_slider_stays_where_it_is(
    browser: Browser, api: Api
) -> None:
    pen = api.product("Pen", "1.00")
    for number in range(1, 22):
        put(api, pen, price=f"{number}.50")
    path = f"/shop/product/{pen['id']}/history/"

    page = browser.get(path).content.decode()
    newest = re.findall('name="newest" value="(\\w+)"', page)[0]
    [next_page] = re.findall(r'rel="next" href="(\?skip=\d+)"', page)
    put(api, pen, price="99.00")
    shown = text(browser.get(f"{path}?newest={newest}&position=20"))
    older = browser.page(f"{path}?skip=20")

    assert "21.50" in page and "price: 1.00" not in page
    assert "price: 1.50 → 2.50" in re.sub("<[^>]*>", "", page)  # the oldest of this page
    assert next_page == "?skip=20"
    assert "name Pen price 21.50 stock not counted" in shown and f"id {pen['id']}" not in shown
    assert "Restore this version" in older and "This is the latest version" not in older
    assert 'href="?skip=0">Newer' in browser.get(f"{path}?skip=5").content.decode()
    assert "price 99.00" in browser.page(f"{path}?position=99").split("What each")[0]
    assert browser.page(f"{path}?skip={'9' * 5000}")  # Python converts no text of so many digits
    assert "price: 2.50" not in older and "price: 1.00" in older and "Newer versions" in older
    browser.page(f"{path}?skip=100", status=404)
    assert browser.page(f"{path}?skip=x&position=x&commit=x")


def test_an_escaped_digit_of_an_id_is_no_digit(browser: Browser, api: Api) -> None:
    escaped = "".join(f"%25{ord(digit):x}" for digit in str(api.product("Pen", "1.00")["id"]))

    browser.page(f"/shop/product/{escaped}/", status=404)
    browser.page(f"/shop/product/{escaped}/history/", status=404)


@pytest.mark.parametrize("path", ["product/0/", "product/x/", "cheque/1/", "orderline/1/"])
def test_the_history_of_nothing_is_a_404(browser: Browser, path: str) -> None:
    browser.page(f"/shop/{path}history/", status=404)


def test_an_order_that_cannot_be_restored_says_why(browser: Browser, api: Api) -> None:
    ann, pen = api.customer("Ann"), api.product("Pen", "1.00", stock=5)
    order = new_order(api, ann, pen, 5)
    path = f"/shop/order/{order['id']}/history/"
    api.delete(f"/order/{order['id']}/")
    api.order(ann, (pen, 1))

    refused = send_restore(browser, path)

    assert (refused.status_code, "not enough stock" in text(refused)) == (409, True)


def test_the_curl_lines_do_what_the_page_does(server: Server) -> None:
    server.start("--no-demo")
    pen = server.call("POST", "/product/", {"name": "Pen", "price": "1.00"})
    server.call("PUT", f"/product/{pen['id']}/", {**pen, "price": "2.00", "stock": None})
    page = server.call("GET", f"/shop/product/{pen['id']}/history/?position=1")

    lines = [unescape(line) for line in re.findall("(?s)<pre><code>(.*?)</code>", page)]
    said = [
        json.loads(subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=True).stdout)
        for line in lines
    ]

    restore, as_of, versions = said
    assert restore == as_of == {**pen, "price": "1.00"}
    assert [version["document"]["price"] for version in versions] == ["1.00", "2.00", "1.00"]


# Access


def test_the_pages_load_files_of_this_server_only(browser: Browser, other: Branch) -> None:
    commit_to("other", "Zach")
    request = open_request(browser)["Location"]
    customer = f"/shop/customer/{Api(Client()).customer('Ann')['id']}/history/"

    for path in [*PAGES, "/shop/branches/other/", request, customer]:
        response = browser.get(path)
        page = response.content.decode()
        assert (response.status_code, "/static/versioning/pages.css" in page) == (200, True)
        assert "default-src 'self'" in response["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]* src=)| style=| on[a-z]+=", page)
    file = browser.get("/static/versioning/pages.css")
    assert ".switcher" in b"".join(file).decode()
    file.close()


PAGES = [BRANCHES, "/shop/branches/main/", "/shop/requests/", "/shop/requests/new/"]


@pytest.mark.parametrize("path", [*PAGES, "/shop/requests/1/", "/shop/product/1/history/"])
def test_with_tokens_a_page_needs_a_login(browser: Browser, settings: Settings, path: str) -> None:
    settings.API_TOKENS = {"a-token": "ann"}

    for response in (browser.get(path), browser.post(path), browser.post("/shop/switch/")):
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/?next=")
    assert "switch" not in browser.get("/admin/login/").content.decode()


def test_staff_without_permissions_look_and_change_nothing(
    settings: Settings, api: Api, other: Branch
) -> None:
    ann = api.customer("Ann")
    commit_to("other", "Zach")
    settings.API_TOKENS = {"a-token": "ann"}
    bob = user("bob")
    history = f"/shop/customer/{ann['id']}/history/"
    listed = [path for path in PAGES if path != "/shop/branches/main/"]

    path = open_request(logged_in("ada"))["Location"]

    assert all(bob.get(each).status_code == 200 for each in (*listed, path))
    assert 'value="delete"' not in bob.get(BRANCHES).content.decode()
    for action in ("review", "merge", "try", "close"):
        assert bob.post(path, {"action": action, "decision": "approve"}).status_code == 403
    assert bob.post("/shop/switch/", {"name": "other"}).status_code == 302
    for path, action in [
        (BRANCHES, ""),
        ("/shop/branches/other/", "merge"),
        ("/shop/branches/other/", "delete"),
        ("/shop/requests/new/", ""),
        (history, ""),
    ]:
        assert bob.post(path, {"action": action, "name": "x"}).status_code == 403
    assert (Branch.objects.count(), Customer.objects.count()) == (2, 1)
    assert ChangeRequest.objects.get().state == "open"


def test_who_may_only_change_rows_or_only_add_them_restores_none(
    settings: Settings, api: Api
) -> None:
    pen = made(api, "product")
    path = f"/shop/product/{pen['id']}/history/"
    settings.API_TOKENS = {"a-token": "ann"}

    for permission in ("change_product", "add_product"):
        may = (permission, "view_product")
        assert send_restore(user(permission, *may), path).status_code == 403
    assert str(Product.objects.get().price) == "1.50"
    allowed = send_restore(user("both", "view_product", "change_product", "add_product"), path)

    assert allowed.status_code == 302
    assert log()[0] == f"POST /product/{pen['id']}/restore/"


def test_who_may_change_a_change_request_closes_it_and_who_may_merge_it_does_not(
    settings: Settings, browser: Browser, other: Branch
) -> None:
    commit_to("other", "Zach")
    path = open_request(browser)["Location"]
    settings.API_TOKENS = {"a-token": "ann"}

    refused = user("bob", "merge_changerequest").post(path, {"action": "close"})
    closed = user("eve", "change_changerequest").post(path, {"action": "close"})

    assert (refused.status_code, closed.status_code) == (403, 302)
    assert ChangeRequest.objects.get().state == "closed"


def test_the_decisions_of_a_merge_need_a_permission_to_change_each_of_their_rows(
    settings: Settings, browser: Browser, api: Api, conflict: Any
) -> None:
    path = browser.fill("/shop/requests/new/?source=season", title="Season")["Location"]
    send(logged_in("ada"), path, "review", decision="approve")
    heads = re.findall('name="heads" value="([^"]+)"', browser.get(path).content.decode())[0]
    form = {"action": "merge", "heads": heads, "take:customer:1:name": "ours"}
    form |= {f"take:{place(conflict, field)}": "ours" for field in ("price", "stock")}
    settings.API_TOKENS = {"a-token": "ann"}
    merger = ("merge_changerequest", "change_customer")

    assert user("bob", *merger).post(path, form).status_code == 403
    assert ChangeRequest.objects.get().state == "open"
    del form["take:customer:1:name"]
    assert user("eve", *merger, "change_product").post(path, form).status_code == 302


def test_who_may_not_delete_rows_of_each_kind_merges_nothing_into_main(
    settings: Settings, other: Branch
) -> None:
    commit_to("other", "Zach")
    settings.API_TOKENS = {"a-token": "ann"}
    kinds = ("customer", "product", "order")
    some = [f"{do}_{kind}" for do in ("add", "change") for kind in kinds]
    form = {"action": "merge"}

    refused = user("bob", *some).post("/shop/branches/other/", form)
    before = names()
    merged = user("eve", *some, *(f"delete_{kind}" for kind in kinds)).post(
        "/shop/branches/other/", form
    )

    assert (refused.status_code, before, merged.status_code) == (403, [], 302)
    assert names() == ["Zach"]


def test_staff_see_no_row_that_they_may_not_view(
    settings: Settings, browser: Browser, api: Api, conflict: Any
) -> None:
    request = browser.fill("/shop/requests/new/?source=season", title="Season")["Location"]
    send(logged_in("ada"), request, "review", decision="approve")
    settings.API_TOKENS = {"a-token": "ann"}
    bob, eve = user("bob"), user("eve", "view_customer", "view_product", "change_order")
    history = f"/shop/product/{conflict['id']}/history/"

    refused = [bob.get(path) for path in (history, PATH, "/shop/branches/main/")]
    shown, seen = text(bob.get(request)), text(eve.get(request))

    assert [page.status_code for page in refused] == [403] * 3
    assert not [page for page in refused if "1.20" in text(page)]
    assert "Season" in shown and "need the permission to view" in shown
    assert "1.20" not in shown and "Theirs 1.20" in seen
    assert [eve.get(path).status_code for path in (history, PATH)] == [200, 200]


def test_who_may_view_orders_only_sees_no_history_of_an_order(settings: Settings, api: Api) -> None:
    order = made(api, "order")
    settings.API_TOKENS = {"a-token": "ann"}

    page = user("bob", "view_order").get(f"/shop/order/{order['id']}/history/")

    assert (page.status_code, "Ann" in text(page)) == (403, False)  # as of the order's own page


def test_a_permission_to_merge_requests_is_none_to_merge_into_main(
    settings: Settings, other: Branch
) -> None:
    commit_to("other", "Zach")
    settings.API_TOKENS = {"a-token": "ann"}
    bob = user("bob", "merge_changerequest", "change_customer", "add_customer")

    assert bob.post("/shop/branches/other/", {"action": "merge"}).status_code == 403
    assert log_in().post("/shop/branches/other/", {"action": "merge"}).status_code == 302
    assert names() == ["Zach"]
