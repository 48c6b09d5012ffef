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

    In the admin it is after AuthenticationMiddleware. The API knows its client only in the view,
    before the first statement.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = getattr(request, "user", None)
        engine: Any = connection
        person = partial(_client, request) if user is None else user.get_username
        engine.serve(person, changes=request.method not in SAFE)
        try:
            return self.get_response(request)
        finally:
            engine.serve(str)


def _client(request: HttpRequest) -> str:
    return str(getattr(request, "auth", None) or "")
