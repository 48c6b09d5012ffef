"""The WSGI environ (PEP 3333) of a request that arrived by granian's RSGI interface."""

from __future__ import annotations

import sys
from typing import Any

ALWAYS: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "granian",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def environ_of(scope: Any) -> dict[str, Any]:
    """Return the environ, without `wsgi.input`. Text is bytes in latin-1, as PEP 3333 requires.

    The path is percent-decoded; granian has replaced bytes that are not UTF-8 by U+FFFD.
    """
    server, _, port = scope.server.rpartition(":")
    environ = {
        **ALWAYS,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": _latin(scope.path),
        "QUERY_STRING": _latin(scope.query_string),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "HTTP_HOST": scope.authority or "",
        "wsgi.url_scheme": scope.scheme,
    }
    _add_headers(environ, scope.headers)
    return environ


def _add_headers(environ: dict[str, Any], headers: Any) -> None:
    """Add the headers. A value that is not ASCII is empty. A name with `_` is left out: an environ
    has the same key for it and for the name with `-`, which a proxy may set (X_Forwarded_Proto)."""
    for name in headers:
        if "_" not in name:
            separator = ";" if name == "cookie" else ","
            environ[_key(name)] = separator.join(headers.get_all(name))
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if f"HTTP_{name}" in environ:
            environ[name] = environ.pop(f"HTTP_{name}")


def _key(name: str) -> str:
    return f"HTTP_{name.upper().replace('-', '_')}"


def _latin(text: str) -> str:
    return text if text.isascii() else text.encode().decode("latin-1")
