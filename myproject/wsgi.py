"""What a WSGI server runs, on the backend that BACKEND names (postgresql if it names none)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from myproject.content_type import without_charset

django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, to which no request can say in which charset it is to be read."""
    if ";" in environ.get("CONTENT_TYPE", ""):
        environ["CONTENT_TYPE"] = without_charset(environ["CONTENT_TYPE"])
    return django(environ, start_response)
