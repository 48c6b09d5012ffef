"""wsgi.py and asgi.py, called as servers call them: both sanitize the request for Django."""

from __future__ import annotations

import asyncio
import json
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from myproject import asgi, wsgi
from myproject.content_type import without_charset

CHARSETS = [
    "charset=hex",
    "CHARSET=hex",
    "charset =hex",
    "charset = utf-16",
    'charset="hex"',
    "charset*=hex''utf-8",
    "charset*=nonsense''x",
    "charset*0=he; charset*1=x",
    "boundary=x; charset=hex",
]
NO_PRICE = '{"name":"Zoë"}'.encode()
MIB = 1024 * 1024


def call_asgi(path: str, body: bytes, *, query: bytes = b"", **headers: str) -> tuple[int, Any]:
    """POST a body in pieces of a mebibyte; return status and JSON of the response."""
    scope = {
        **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST"},
        **{"path": path, "raw_path": path.encode(), "query_string": query, "scheme": "http"},
        "headers": [(b"host", b"localhost"), *_headers(headers)],
    }
    return asyncio.run(_exchange(scope, body))


def _headers(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]


async def _exchange(scope: dict[str, Any], body: bytes) -> tuple[int, Any]:
    pieces = [body[start : start + MIB] for start in range(0, len(body), MIB)]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not pieces:  # the client does not disconnect
            await asyncio.Event().wait()
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await asgi.application(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], json.loads(content)


def call_wsgi(
    path: str, body: bytes, *, query: bytes = b"", content_type: str, mounted_at: str = ""
) -> tuple[int, Any]:
    environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "SCRIPT_NAME": mounted_at}
    environ["PATH_INFO"] = path
    environ |= {
        "HTTP_HOST": "localhost",
        "QUERY_STRING": query.decode(),
        "wsgi.input": BytesIO(body),
    }
    environ |= {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    setup_testing_defaults(environ)
    statuses: list[str] = []
    response = wsgi.application(environ, lambda status, headers: statuses.append(status))
    content = b"".join(response)
    return int(statuses[0][:3]), json.loads(content) if content.startswith(b"{") else content


@pytest.mark.parametrize("parameter", CHARSETS)
@pytest.mark.parametrize("media_type", ["x", "application/json", "multipart/form-data"])
def test_the_charset_of_a_content_type_is_ignored(media_type: str, parameter: str) -> None:
    kind, length = f"{media_type}; {parameter}", str(len(NO_PRICE))

    answers = [
        call_wsgi("/product/", NO_PRICE, query=b"x=%C3%AB", content_type=kind),
        call_asgi(
            "/product/", NO_PRICE, query=b"x=%C3%AB", content_type=kind, content_length=length
        ),
    ]

    for status, document in answers:
        assert (status, [error["pointer"] for error in document["errors"]]) == (422, ["#/price"])


@pytest.mark.parametrize("mounted_at", ["", "/shop", "/admin"])
def test_only_the_admin_needs_a_csrf_token_wherever_the_application_is_mounted(
    mounted_at: str,
) -> None:
    form: Any = {"content_type": "application/x-www-form-urlencoded", "mounted_at": mounted_at}

    admin, _ = call_wsgi("/admin/login/", b"username=ann", **form)
    api, document = call_wsgi("/product/", NO_PRICE, **form)

    assert (admin, api) == (403, 422)
    assert [error["pointer"] for error in document["errors"]] == ["#/price"]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("text/plain", "text/plain"),
        ("text/plain; charset=latin-1; boundary", "text/plain"),
        ("multipart/form-data; charset=x; Boundary=a-B; x=y", "multipart/form-data; boundary=a-B"),
        ('multipart/form-data; boundary="a; b"', 'multipart/form-data; boundary="a; b"'),
    ],
)
def test_only_the_boundary_parameter_of_a_content_type_is_kept(given: str, read: str) -> None:
    assert without_charset(given) == read


@pytest.mark.parametrize(
    ("header", "status"),
    [({"content_length": str(3 * MIB)}, 413), ({"transfer_encoding": "chunked"}, 411)],
)
def test_a_body_that_is_refused_is_not_written_to_disk(
    monkeypatch: pytest.MonkeyPatch, header: dict[str, str], status: int
) -> None:
    monkeypatch.setattr("tempfile.TemporaryFile", None)

    answered, document = call_asgi("/admin/login/", b"x" * 3 * MIB, **header)

    assert (answered, document["status"]) == (status, status)


def test_a_body_of_exactly_the_limit_is_read() -> None:
    status, document = call_asgi("/product/", NO_PRICE.ljust(MIB), content_length=str(MIB))

    assert (status, [error["pointer"] for error in document["errors"]]) == (422, ["#/price"])
