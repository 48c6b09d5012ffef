"""What the tests of these pages send, and the rows that they look at."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client

from bank.models import Order
from tests.api import Api
from tests.pages.conftest import Browser
from tests.versioning.changes import commit_to
from tests.versioning.shop import put
from tests.versioning.test_admin import user

BRANCHES = "/shop/branches/"
SEASON = "/shop/branches/season/"
OF_A_MERGE = 42  # statements of a page with a dry run, which asks Dolt for conflicts in all tables
OF_A_VERSION = 35  # statements of a version of an order: its tables at its commit and the parent


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


def open_request(browser: Browser, **typed: str) -> HttpResponse:
    path = "/shop/requests/new/?source=other"
    return browser.fill(path, **{"title": "Zach", "description": "New", **typed})


def approved(browser: Browser) -> str:
    """Return the path of a request to merge Zach from the branch other, approved by Ada."""
    commit_to("other", "Zach")
    path: str = open_request(browser)["Location"]
    send(logged_in("ada"), path, "review", decision="approve")
    return path


def place(pen: Any, field: str) -> str:
    return f"product:{pen['id']}:{field}"


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


def send_restore(browser: Browser, path: str) -> HttpResponse:
    commit = re.findall(r'href="\?commit=(\w+)', browser.get(path).content.decode())[-1]
    return browser.post(path, {"commit": commit})
