"""The WSGI application, on the backend that BACKEND names (default: postgresql)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django import setup
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from myproject.content_type import without_charset
from myproject.stacks import Stacks


class Handler(Stacks, WSGIHandler):
    """Django's WSGI application, with the project's two stacks of middleware.

    The API's requests send neither request_started nor request_finished. Of the receivers, which
    take as long as the query of a small request, they need only one: it closes connections that
    were lost, before the request. Their responses set no cookies, and SCRIPT_NAME is not used.
    """

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]  # a request object writes the decoded path there
        request = self.request_class(environ)
        if self.is_site(request):
            return super().__call__(environ | {"PATH_INFO": path}, start_response)
        close_lost_connections()
        response = self.api_stack(request)
        start_response(f"{response.status_code} {response.reason_phrase}", [*response.items()])
        return Content([response.content])


def close_lost_connections() -> None:
    """Close this thread's connections that were lost since its last request."""
    for alias in connections:
        connections[alias].close_if_unusable_or_obsolete()


class Content(list[bytes]):
    """The content of a response that holds no files."""

    def close(self) -> None:
        """Do nothing: Django's response would send request_finished."""


setup(set_prefix=False)
django = Handler()
# Otherwise the first request imports it, from files that may have changed since the start.
import_module(settings.ROOT_URLCONF)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Run Django, without the charset that a client may have put into the Content-Type."""
    if ";" in environ.get("CONTENT_TYPE", ""):
        environ["CONTENT_TYPE"] = without_charset(environ["CONTENT_TYPE"])
    return django(environ, start_response)
