"""The branch of a session: chosen on the pages, and used by all of them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.admin_pages import PASSWORD
from tests.api import Api
from tests.pages.conftest import Browser, text
from tests.versioning.changes import commit_to, names
from tests.versioning.pages.forms import BRANCHES, create, logged_in, switch
from tests.versioning.shop import log, product
from tests.versioning.test_admin import user
from versioning.models import Branch, Commit


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


def test_a_form_of_one_branch_is_not_executed_on_the_next_one(other: Branch) -> None:
    Branch(name="third").save()
    strict = Browser(enforce_csrf_checks=True)
    strict.post("/shop/switch/", {"name": "other", "csrfmiddlewaretoken": token(strict)})
    opened = {"csrfmiddlewaretoken": token(strict)}
    strict.post("/shop/switch/", {**opened, "name": "third"})

    refused = strict.post("/shop/customer/new/", {**opened, "name": "Zach"})
    added = {"csrfmiddlewaretoken": token(strict), "name": "Zoe"}

    assert (refused.status_code, names("third")) == (403, [])
    assert strict.post("/shop/customer/new/", added).status_code == 302
    assert (names("other"), names("third")) == ([], ["Zoe"])


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


def test_after_a_switch_was_refused_one_returns_to_where_the_switcher_was(browser: Browser) -> None:
    refused = browser.post("/shop/switch/", {"name": "nothing", "next": "/shop/product/"})
    opened = browser.get("/shop/switch/", HTTP_ACCEPT="text/html")

    assert 'name="next" value="/shop/product/"' in refused.content.decode()
    assert (opened.status_code, opened["Allow"]) == (405, "POST")
    assert 'name="next" value="/shop/switch/"' not in opened.content.decode()


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
