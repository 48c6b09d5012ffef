"""How tests use the admin: as a browser does, which posts a form with all that the page put in."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

PASSWORD = "correct horse"


def log_in(username: str = "ada") -> Client:
    """A browser in which a new superuser has logged in through the form."""
    User.objects.create_superuser(username, password=PASSWORD)
    browser = Client()
    form = {"username": username, "password": PASSWORD, "next": "/admin/"}
    response = browser.post("/admin/login/", form)
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    return browser


def twin(admin: Client) -> Client:
    """Another browser with the same session, for another thread."""
    browser = Client()
    browser.cookies = admin.cookies.copy()
    return browser


def page(admin: Client, path: str) -> str:
    response = admin.get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    return response.content.decode()


def form_of(admin: Client, path: str) -> dict[str, Any]:
    """What the form on this page would post if nothing was typed."""
    return read(admin.get(path))


def read(response: HttpResponse) -> dict[str, Any]:
    """What the form in this response would post."""
    assert response.status_code == 200, response.content
    reader = _Form()
    reader.feed(response.content.decode())
    return reader.values


def saved(response: HttpResponse) -> bool:
    """Whether a form was accepted; if not, it is shown again."""
    assert response.status_code in (200, 302), response.content
    return response.status_code == 302


def change(admin: Client, path: str, **typed: Any) -> bool:
    """Open the form at this path, type these values, and say whether it was accepted."""
    return saved(admin.post(path, {**form_of(admin, path), **typed}))


def list_of_products(admin: Client, prices: dict[Any, str]) -> dict[str, Any]:
    """The form of the product list with these prices typed, by the products' ids."""
    form = form_of(admin, "/admin/bank/product/")
    rows = {form[f"form-{n}-id"]: n for n in range(int(form["form-TOTAL_FORMS"]))}
    typed = {f"form-{rows[str(key)]}-price": price for key, price in prices.items()}
    return {**form, **typed, "_save": "Save"}


class _Form(HTMLParser):
    """The named values of the page's own form: not those of the search and of logging out."""

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
