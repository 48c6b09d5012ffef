"""The ASGI application, on the backend that BACKEND names (default: postgresql)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from django import setup
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler

from myproject.content_type import without_charset
from myproject.stacks import Stacks

Receive = Callable[[], Awaitable[dict[str, Any]]]


class Handler(Stacks, ASGIHandler):
    """Django's ASGI application, with the project's two stacks of middleware."""


setup(set_prefix=False)
django = Handler()
import_module(settings.ROOT_URLCONF)  # as in wsgi.py


async def application(scope: dict[str, Any], receive: Receive, send: Callable[..., Any]) -> None:
    """Run Django, protected as in wsgi.py, and without the bodies that it will refuse.

    Django's handler writes a body to disk before any middleware is called.
    """
    if scope["type"] == "http":
        scope = {**scope, "headers": [_checked(*header) for header in scope["headers"]]}
        if not _has_acceptable_body(scope["headers"]):
            receive = _without_body(receive)
    await django(scope, receive, send)


def _checked(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name == b"content-type":
        value = without_charset(value.decode("latin-1")).encode("latin-1")
    return name, value


def _has_acceptable_body(headers: list[tuple[bytes, bytes]]) -> bool:
    length = dict(headers).get(b"content-length", b"")
    return length.isdigit() and int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _without_body(receive: Receive) -> Receive:
    """Return a receive() with an empty body, then the server's other messages (a disconnect)."""
    empty = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive_no_body() -> dict[str, Any]:
        if empty:
            return empty.pop()
        while (message := await receive())["type"] == "http.request":
            pass
        return message

    return receive_no_body
