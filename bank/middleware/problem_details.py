"""Django's own errors become problem documents, and large bodies are refused unread."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from bank.api.problems import Problem
from bank.pages.errors import error_page, wants_page


class ProblemDetails:
    """Gives Django's own errors (404, 405, 400, 500, …) the form of the API's, except on pages.

    A browser, which asks for text/html, gets all errors as pages. A page shows its own, except that
    a method is not allowed.

    A body that is too large (413) or of unknown length (411) is refused before any of it is read,
    in the admin too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if refused := _refused_body(request):
            return refused.response()
        response = self.get_response(request)
        said = response.get("Content-Type", "")
        shown = is_page(request) and response.status_code != 405  # which Django leaves empty
        if shown or response.status_code < 400 or said == "application/json":
            return response
        patch_vary_headers(response, ["Accept"])
        if wants_page(request):
            return _page(request, response)
        if not response.get("Content-Type", "").endswith("json"):
            problem = Problem(response.status_code, _detail(request, response)).response()
            if response.streaming:  # WhiteNoise's, which has no content to replace
                return problem
            # Replace the content in place, so that other headers (Allow, …) stay.
            response.content = problem.content
            for name, value in problem.items():
                response[name] = value
        return response


def is_page(request: HttpRequest) -> bool:
    """Return whether the address is that of a page, which shows its own errors."""
    return request.path_info == "/" or request.path_info.startswith(("/admin/", "/shop/"))


def _page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the error as a page, with the status and the headers that it has."""
    detail = _detail(request, response)
    if response.get("Content-Type", "").endswith("json"):
        problem = json.loads(response.content)
        errors = [error["detail"] for error in problem.get("errors", [])]
        detail = " ".join([problem["detail"], *errors])
    page = error_page(request, response.status_code, detail)
    for name in set(dict(response.items())) - {"Content-Type", "Content-Length"}:
        page[name] = response[name]
    return page


def _detail(request: HttpRequest, response: HttpResponse) -> str:
    if response.status_code == 405:
        return f"{request.method} is not possible here; the header Allow names what is."
    return ""


def _refused_body(request: HttpRequest) -> Problem | None:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0  # as Django does
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if length > limit:
        return Problem(413, f"A body has at most {limit} bytes.")
    if not length and "HTTP_TRANSFER_ENCODING" in request.META:
        return Problem(411, "Send the body with a Content-Length.")
    return None
