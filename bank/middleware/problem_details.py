"""Django's own errors become problem documents, and large bodies are refused unread."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from bank.api.problems import Problem


class ProblemDetails:
    """Gives Django's own errors (404, 405, 400, 500, …) the form of the API's, except in the admin.

    A body that is too large (413) or of unknown length (411) is refused before any of it is read,
    in the admin too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if refused := _refused_body(request):
            return refused.response()
        response = self.get_response(request)
        if request.path_info.startswith("/admin/"):
            return response
        if response.status_code >= 400 and not response.get("Content-Type", "").endswith("json"):
            problem = Problem(response.status_code, _detail(request, response)).response()
            if response.streaming:  # WhiteNoise's, which has no content to replace
                return problem
            # Replace the content in place, so that other headers (Allow, …) stay.
            response.content = problem.content
            for name, value in problem.items():
                response[name] = value
        return response


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
