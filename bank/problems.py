"""Every error is an `application/problem+json` document (RFC 9457) that says what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Ends a request with this status. `errors` point at the members of the body in question."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}

    def response(self) -> HttpResponse:
        """The problem document. Without a detail, it says what the status means."""
        status = HTTPStatus(self.status)
        document = {
            "type": "about:blank",
            "title": status.phrase,
            "status": self.status,
            "detail": self.detail or status.description or status.phrase,
        }
        if self.errors:
            document["errors"] = self.errors
        content = orjson.dumps(document)
        headers = {"Content-Length": str(len(content)), **self.headers}
        return HttpResponse(content, status=self.status, content_type=CONTENT_TYPE, headers=headers)


def invalid(pointer: str, detail: str) -> Problem:
    """A 422 about one member of the body, named by its JSON pointer (`/customer/id`)."""
    return Problem(
        422, "The request is not valid.", errors=[{"pointer": f"#{pointer}", "detail": detail}]
    )


class ProblemDetails:
    """Gives Django's own errors (404, 405, 400, 500, …) the same form, outside of the admin.

    A body that is too large, or of unknown length, is refused before any of it is read, also by
    the admin.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if refused := _refused_body(request):
            return refused.response()
        response = self.get_response(request)
        if request.path.startswith("/admin/"):
            return response
        if response.status_code >= 400 and not response.get("Content-Type", "").endswith("json"):
            problem = Problem(response.status_code, _detail(request, response)).response()
            if response.streaming:  # WhiteNoise's, which has no content to replace
                return problem
            # In place, because its other headers (Allow, …) stay.
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
        length = 0  # as Django takes it
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if length > limit:
        return Problem(413, f"A body has at most {limit} bytes.")
    if not length and "HTTP_TRANSFER_ENCODING" in request.META:
        return Problem(411, "Send the body with a Content-Length.")
    return None
