"""A login to the admin as a browser sends it, over HTTP."""

from __future__ import annotations

import re
import urllib.parse

from tests.containers.shop import Shop
from tests.serving import Answer


def log_in(shop: Shop, username: str, password: str, **headers: str) -> Answer:
    """Send the login form; return its response: 200 if the password was checked and wrong."""
    page = shop.ask("GET", "/admin/login/", **headers)
    # Its cookie is for HTTPS only, and this is HTTP: it is sent without a browser's rules.
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    form = {"csrfmiddlewaretoken": token, "username": username, "password": password}
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    return shop.ask(
        "POST", "/admin/login/", urllib.parse.urlencode(form).encode(), **kind | headers
    )
