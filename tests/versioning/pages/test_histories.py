"""The history of a row: each version, what it changed, and its restoration."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape

import pytest

from tests.api import Api
from tests.pages.conftest import MOST_STATEMENTS, Browser, text
from tests.serving import Server
from tests.versioning.pages.forms import OF_A_VERSION, create, made, new_order, send_restore, switch
from tests.versioning.shop import log, product, put
from versioning.models import Branch


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
    assert changed.count("2 at 1.00 → 3 at 1.00") == 2  # by the commit, and by the merge on main
    assert changed.count("Ann (") == 2  # by the first commit, and by the one that took Bob


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
