"""The page at /: which database answers, and what there is to see."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bank.engine import Engine
from bank.pages.access import page
from bank.pages.client import call
from bank.pages.errors import error_page

# The report is one file, with its style and script in it.
ONE_FILE = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
)


@page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The database and its version, and links to all pages. A 503 if it does not answer."""
    health = call(request, "GET", "/health/")
    context = {
        "health": health.document,
        "isolation": Engine().isolation() if health.ok else "",
        "curl": health.curl,
        "has_report": _report().is_file(),
    }
    return render(request, "pages/home.html", context, status=health.status)


@page
@require_safe
def report(request: HttpRequest) -> HttpResponseBase:
    """The report of the last `make matrix` on this machine."""
    if not _report().is_file():
        return error_page(request, 404, "There is no report yet: `make matrix` writes it.")
    response = FileResponse(_report().open("rb"), content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = ONE_FILE
    return response


def _report() -> Path:
    return Path(settings.MATRIX_REPORT)
