"""Errors as pages, for browsers; the API's clients get problem documents."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Scripts, styles and images of this server only, and none within a page.
OWN_FILES_ONLY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
TYPES = ["application/problem+json", "application/json", "text/html"]


def wants_page(request: HttpRequest) -> bool:
    """Return whether the client is a browser: it prefers text/html."""
    return request.get_preferred_type(TYPES) == "text/html"


def error_page(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    """Return a page with the status and the reason, or the meaning of the status."""
    meaning = HTTPStatus(status)
    reason = reason or meaning.description or meaning.phrase
    context = {"status": status, "title": meaning.phrase, "reason": reason}
    page = render(request, "pages/error.html", context, status=status)
    page["Content-Security-Policy"] = OWN_FILES_ONLY
    if status == 503:
        page["Retry-After"] = "1"
    return page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, "There is nothing at this address.")


def failed(request: HttpRequest, *args: Any) -> HttpResponse:
    return error_page(request, 500)
