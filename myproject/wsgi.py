"""What a WSGI server runs. DJANGO_SETTINGS_MODULE (settings.NAME) says on which backend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, to which no request can say how it is to be read: bodies and forms are UTF-8.

    Django reads even the query string in the charset of the Content-Type, and where that is a
    codec but none of text (`hex`) it fails before any middleware could answer.
    """
    if "charset" in environ.get("CONTENT_TYPE", ""):
        environ["CONTENT_TYPE"] = re.sub(r";\s*charset=[^;]*", "", environ["CONTENT_TYPE"])
    return django(environ, start_response)
