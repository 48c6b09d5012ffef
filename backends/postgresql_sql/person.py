"""Middleware that says in the database whom a request serves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

SAFE = ("GET", "HEAD", "OPTIONS")


class Person:
    """Lets the audit know the admin's user, or the client of the API, of each request.

    In the admin it is after AuthenticationMiddleware, and the person is `admin:NAME`: the name of a
    client of the API has no colon. The API, and a page without a login, know
    their client only in the view, before the first change.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = getattr(request, "user", None)
        engine: Any = connection
        name = "" if user is None else _name(user)
        person = partial(str, name) if name else partial(_client, request)
        engine.serve(person, changes=request.method not in SAFE)
        try:
            return self.get_response(request)
        finally:
            engine.serve(str)


def _client(request: HttpRequest) -> str:
    return str(getattr(request, "auth", None) or "")


def _name(user: Any) -> str:
    name = user.get_username()
    return f"admin:{name}" if name else ""
