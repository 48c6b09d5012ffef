"""The page at /: which database answers, and what there is to see."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bank.engine import Engine
from bank.pages.access import page
from bank.pages.client import call
from bank.pages.report import report_file


@page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The database and its version, and links to all pages. A 503 if it does not answer."""
    health = call(request, "GET", "/health/")
    context = {
        "health": health.document,
        "isolation": Engine().isolation() if health.ok else "",
        "curl": health.curl,
        "has_docs": (settings.ROOT / "docs").is_dir(),  # an image has none
        "has_report": report_file().is_file(),
    }
    return render(request, "pages/home.html", context, status=health.status)
