"""The pages of branches: their logs, what they changed, and how they are deleted."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs

import pytest

from tests.api import Api
from tests.pages.conftest import Browser, text
from tests.versioning.changes import commit_to, names
from tests.versioning.pages.forms import BRANCHES, OF_A_MERGE, SEASON, create, send, switch
from tests.versioning.shop import put
from versioning.models import Branch
from versioning.procedures import call


def test_the_heading_of_a_log_names_whose_commits_it_shows(
    browser: Browser, api: Api, other: Branch
) -> None:
    commit = api.post("/customer/", {"name": "Ann"})["Dolt-Commit"]

    assert "Commits of main" in browser.page(BRANCHES)
    assert "Commits of other" in browser.page(f"{BRANCHES}?branch=other")
    assert f"Commits up to {commit[:10]}" in browser.page(f"{BRANCHES}?branch={commit}")


@pytest.mark.parametrize("name", ["nowhere", "HEAD~9999", "HEAD~10000", "~", "a..b", "@{1"])
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

    assert browser.post(SEASON, {"action": "delete"}).status_code == 302

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
    assert "What it changed since it left main" in first
    assert f"Changes from {parse_qs(more[1:])['from'][0]} to" in second


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
