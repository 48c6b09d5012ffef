"""The WSGI application, on the backend that BACKEND names (default: postgresql)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from myproject.content_type import without_charset

django = get_wsgi_application()
# Otherwise the first request imports it, from files that may have changed since the start.
import_module(settings.ROOT_URLCONF)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Run Django, without the charset that a client may have put into the Content-Type."""
    if ";" in environ.get("CONTENT_TYPE", ""):
        environ["CONTENT_TYPE"] = without_charset(environ["CONTENT_TYPE"])
    return django(environ, start_response)
