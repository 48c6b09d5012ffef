"""Errors as `application/problem+json` documents (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Ends a request with this status. `errors` point at the invalid members of the body.

    `members` are further members of the document (RFC 9457, 3.2).
    """

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.members = members or {}

    def response(self) -> HttpResponse:
        """Return the problem document. Without a detail, it has the meaning of the status."""
        status = HTTPStatus(self.status)
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": status.phrase,
            "status": self.status,
            "detail": self.detail or status.description or status.phrase,
        }
        if self.errors:
            document["errors"] = self.errors
        document |= self.members
        content = orjson.dumps(document)
        headers = {"Content-Length": str(len(content)), **self.headers}
        return HttpResponse(content, status=self.status, content_type=CONTENT_TYPE, headers=headers)


def invalid(pointer: str, detail: str) -> Problem:
    """Return a 422 for one member of the body, given by its JSON pointer (`/customer/id`)."""
    return Problem(
        422, "The request is not valid.", errors=[{"pointer": f"#{pointer}", "detail": detail}]
    )
