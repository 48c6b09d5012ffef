"""Helpers for the admin: like a browser, they post a form with all the values of the page."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

PASSWORD = "correct horse"


def log_in(username: str = "ada") -> Client:
    """Return a client in which a new superuser has logged in through the form."""
    User.objects.create_superuser(username, password=PASSWORD)
    browser = Client()
    form = {"username": username, "password": PASSWORD, "next": "/admin/"}
    response = browser.post("/admin/login/", form)
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    return browser


def same_session(admin: Client) -> Client:
    """Return another client with the same session, for another thread."""
    browser = Client()
    browser.cookies = admin.cookies.copy()
    return browser


def page(admin: Client, path: str) -> str:
    response = admin.get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    return response.content.decode()


def form_of(admin: Client, path: str) -> dict[str, Any]:
    """Return the values that the form on this page would post unchanged."""
    return read(admin.get(path))


def read(response: HttpResponse) -> dict[str, Any]:
    """Return the values that the form in this response would post unchanged."""
    assert response.status_code == 200, response.content
    reader = _Form()
    reader.feed(response.content.decode())
    return reader.values


def saved(response: HttpResponse) -> bool:
    """Whether the form was accepted; otherwise the response shows it again."""
    assert response.status_code in (200, 302), response.content
    return response.status_code == 302


def change(admin: Client, path: str, **typed: Any) -> bool:
    """Get the form at this path, post it with these values; return whether it was accepted."""
    return saved(admin.post(path, {**form_of(admin, path), **typed}))


def list_of_products(admin: Client, prices: dict[Any, str]) -> dict[str, Any]:
    """Return the form of the product list with these prices, by product id."""
    form = form_of(admin, "/admin/bank/product/")
    rows = {form[f"form-{n}-id"]: n for n in range(int(form["form-TOTAL_FORMS"]))}
    typed = {f"form-{rows[str(key)]}-price": price for key, price in prices.items()}
    return {**form, **typed, "_save": "Save"}


class _Form(HTMLParser):
    """Collects the values of the page's main form, not those of the search and logout forms."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._inside = False
        self._select, self._many = "", False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        name = given.get("name", "")
        if tag == "form":
            self._inside = given.get("id", "").endswith(("_form", "changelist-form"))
        elif tag == "select":
            self._select, self._many = name, "multiple" in given
        elif not self._inside or "__prefix__" in name:
            return
        elif tag == "option" and "selected" in given:
            chosen = given.get("value", "")
            earlier = self.values.get(self._select, [])
            self.values[self._select] = [*earlier, chosen] if self._many else chosen
        elif given.get("type") == "checkbox":
            if "checked" in given:
                self.values[name] = given.get("value", "on")
        elif tag == "input" and name and given.get("type") != "submit":
            self.values[name] = given.get("value", "")
