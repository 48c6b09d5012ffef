"""Calls of the REST API in this process: a page sends the request that its curl line shows."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import resolve
from django.utils.module_loading import import_string

from bank.api.auth import PAGE_USER
from bank.pages.errors import error_page

# Characters that a terminal may obey instead of showing them, or that change the order of others.
UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True)
class Answer:
    """The response of the API, and the command that gets the same one."""

    status: int
    document: Any
    headers: HttpResponse
    curl: str

    @property
    def ok(self) -> bool:
        return self.status < 400

    @property
    def next(self) -> str:
        """The query of the next page of a list, as its Link has it; "" is none."""
        return urlsplit(self.headers.get("Link", "").partition(">")[0]).query

    @property
    def errors(self) -> dict[str, str]:
        """The details of a problem by the member of the body; "" is all of it."""
        if self.ok:
            return {}
        found = {
            e.get("pointer", "").removeprefix("#/"): e["detail"]
            for e in self.document.get("errors", [])
        }
        return found or {"": self.document["detail"]}


def call(request: HttpRequest, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """Call the API as the user of this page; headers are written like If_Match.

    A middleware of the pages may add headers to all calls, in `request.api_headers`. The API
    answers as it does over HTTP, errors included. Raises Http404 if no operation has this path.
    """
    headers = {**getattr(request, "api_headers", {}), **headers}
    url, user = urlsplit(path), user_of(request)
    request.auth = user  # type: ignore[attr-defined]
    inner = HttpRequest()
    inner.method, inner.path = method, unquote(url.path)
    inner.path_info = inner.path
    inner.GET = QueryDict(url.query)
    # Not the headers of the browser: they are not in the curl line.
    inner.META = {name: value for name, value in request.META.items() if name[:5] != "HTTP_"}
    inner.META |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    inner.META |= {"CONTENT_TYPE": "application/json", PAGE_USER: user}
    inner.user = request.user
    inner._body = b"" if body is None else json.dumps(body).encode()
    response = _answer(inner)
    document = json.loads(response.content) if response.content else None
    address = request.build_absolute_uri(path)
    return Answer(response.status_code, document, response, curl(method, address, body, **headers))


def _answer(inner: HttpRequest) -> HttpResponse:
    """Return the response of the view, through the middleware that gives calls their meaning."""
    match = resolve(inner.path_info, settings.API_URLCONF)

    def view(request: HttpRequest) -> HttpResponse:
        return match.func(request, *match.args, **match.kwargs)

    for path in reversed(settings.API_CALL_MIDDLEWARE):
        view = import_string(path)(view)
    return view(inner)


def refused(request: HttpRequest, answer: Answer) -> HttpResponse:
    """Return the API's refusal as a page."""
    return error_page(request, answer.status, " ".join(answer.errors.values()))


def done(request: HttpRequest, said: str, answer: Answer) -> None:
    """Let the next page say what was done, and show the command that does the same.

    Both are in a cookie, so that nobody needs a session: only what is too long for it is in one.
    """
    messages.success(request, said)
    messages.info(request, answer.curl, extra_tags="curl")


def user_of(request: HttpRequest) -> str:
    """Return the name by which the API knows the user of a page; "anybody" without a login."""
    name = request.user.get_username()
    return f"admin:{name}" if name else "anybody"


def curl(method: str, url: str, body: Any = None, **headers: str) -> str:
    """Return the curl command of a call."""
    words = ["curl"]
    if settings.API_TOKENS:
        words += ["--header", '"Authorization: Bearer $TOKEN"']
    for name, value in headers.items():
        words += ["--header", shlex.quote(f"{name.replace('_', '-')}: {value}")]
    if method not in ("GET", "POST") or (method == "POST" and body is None):
        words += ["--request", method]
    if body is not None:
        text = json.dumps(body, ensure_ascii=False)
        words += ["--json", shlex.quote(UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text))]
    return " ".join([*words, shlex.quote(url)])
