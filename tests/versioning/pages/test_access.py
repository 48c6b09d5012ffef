"""Who may open the pages of version control and what they may do there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from bank.models import Customer, Product
from tests.admin_pages import log_in
from tests.api import Api
from tests.pages.conftest import Browser, text
from tests.versioning.changes import commit_to, names
from tests.versioning.pages.forms import (
    BRANCHES,
    SEASON,
    logged_in,
    made,
    open_request,
    place,
    send,
    send_restore,
)
from tests.versioning.shop import log
from tests.versioning.test_admin import user
from versioning.models import Branch, ChangeRequest


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


@pytest.mark.parametrize("lacking", ["add_customer", "change_product", "delete_order"])
def test_who_may_not_do_all_to_rows_of_each_kind_merges_nothing_into_main(
    settings: Settings, other: Branch, lacking: str
) -> None:
    commit_to("other", "Zach")
    settings.API_TOKENS = {"a-token": "ann"}
    kinds = ("customer", "product", "order")
    every = {f"{do}_{kind}" for do in ("add", "change", "delete") for kind in kinds}
    form = {"action": "merge"}

    refused = user("bob", *every - {lacking}).post("/shop/branches/other/", form)
    before = names()
    merged = user("eve", *every).post("/shop/branches/other/", form)

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

    refused = [bob.get(path) for path in (history, SEASON, "/shop/branches/main/")]
    shown, seen = text(bob.get(request)), text(eve.get(request))

    assert [page.status_code for page in refused] == [403] * 3
    assert not [page for page in refused if "1.20" in text(page)]
    assert "Season" in shown and "need the permission to view" in shown
    assert "1.20" not in shown and "Theirs 1.20" in seen
    assert [eve.get(path).status_code for path in (history, SEASON)] == [200, 200]


def test_who_may_not_view_rows_is_not_told_of_their_conflicts(
    settings: Settings, browser: Browser, conflict: Any
) -> None:
    request = browser.fill("/shop/requests/new/?source=season", title="Season")["Location"]
    settings.API_TOKENS = {"a-token": "ann"}

    shown = text(user("bob", "view_customer", "view_order").get(request))
    seen = text(user("eve", "view_customer", "view_product", "view_order").get(request))

    assert "It needs more approvals" in shown and "conflict" not in shown
    assert "Its merge has 2 conflicts" in seen


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
