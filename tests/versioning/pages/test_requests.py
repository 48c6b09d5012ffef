"""The pages of change requests."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from tests.api import Api
from tests.pages.conftest import Browser, text
from tests.versioning.changes import commit_to, names
from tests.versioning.pages.forms import OF_A_MERGE, approved, logged_in, open_request, place, send
from tests.versioning.shop import product
from tests.versioning.test_change_requests import killed
from versioning.models import Branch, ChangeRequest
from versioning.models.mergeable import LONGEST_MERGE


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


def test_the_form_of_a_change_request_suggests_the_branches(
    browser: Browser, other: Branch
) -> None:
    page = browser.get("/shop/requests/new/").content.decode()

    assert re.findall('<option value="([^"]+)">', page.partition("<datalist")[2]) == [
        "main",
        "other",
    ]


def test_a_merge_that_was_killed_says_when_it_can_be_repeated(
    browser: Browser, other: Branch
) -> None:
    path = approved(browser)
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
    assert "fast-forward" not in browser.page(path)
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


def test_the_page_of_a_closed_change_request_looks_for_no_conflicts(
    browser: Browser, conflict: Any
) -> None:
    path = browser.fill("/shop/requests/new/?source=season", title="Season")["Location"]
    send(browser, path, "close")

    with CaptureQueriesContext(connection) as statements:
        page = browser.page(path)

    assert "It is closed" in page and "conflict" not in page
    assert not [each["sql"] for each in statements if "dolt_merge(" in each["sql"]]


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
    untitled = open_request(browser, title="")
    kept = ChangeRequest.objects.count()
    send(browser, path, "close")
    later = open_request(browser)

    assert (again.status_code, kept, later.status_code) == (409, 1, 302)
    assert "There is an open change request of this source and target already" in text(again)
    assert f'<a href="{path}">Zach</a>' in again.content.decode()
    assert (untitled.status_code, path in untitled.content.decode()) == (422, False)


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
