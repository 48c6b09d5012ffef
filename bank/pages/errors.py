"""Errors as pages, for browsers; the API's clients get problem documents."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Scripts, styles and images of this server only, and none within a page.
OWN_FILES_ONLY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
OLD_FORM = (
    "Nothing was saved: this form was opened in another session, or for another branch. "
    "Copy what you typed, and open the page again."
)
# https://htmx.org/reference/#response_headers
ABOVE_THE_FORM = {
    "HX-Push-Url": "false",
    "HX-Retarget": "#main",
    "HX-Reselect": ".problem",
    "HX-Reswap": "afterbegin show:top",
}
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


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid CSRF token; what was typed stays where htmx has sent it."""
    page = error_page(request, 403, OLD_FORM)
    if "HX-Request" in request.headers:
        for name, value in ABOVE_THE_FORM.items():
            page[name] = value
    return page


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, "There is nothing at this address.")


def failed(request: HttpRequest, *args: Any) -> HttpResponse:
    return error_page(request, 500)
