"""Conditional requests: If-Match and If-None-Match against the ETag of a document.

RFC 9110, 13: https://www.rfc-editor.org/rfc/rfc9110#section-13
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import parse_etags

from bank.api.problems import Problem
from bank.api.responses import with_etag
from bank.queries import Document

ETAGS = {"type": "string", "examples": ['"d432d82787c2b4a223991021e4515d44"', "*"]}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": ETAGS,
    "description": "The ETag of what you read. If it is another by now, 412.",
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "schema": ETAGS,
    "description": "The ETag of what you have. If it is still the same, GET is a 304.",
}
READ: dict[str, Any] = {
    "parameters": [IF_NONE_MATCH],
    "responses": {304: {"description": "Not Modified"}},
}
WRITE: dict[str, Any] = {"parameters": [IF_MATCH, IF_NONE_MATCH]}
"""For /openapi.json: what the operations on one document have."""


def one(request: HttpRequest, document: Document | None) -> HttpResponse:
    """Return the document with its ETag, or a 304 if the client has it; Http404 if it is None."""
    if document is None:
        raise Http404
    response = with_etag(document)
    wanted = request.META.get("HTTP_IF_NONE_MATCH")
    if wanted and names_etag(wanted, response["ETag"]):
        return HttpResponse(status=304, headers={"ETag": response["ETag"]})
    return response


def check_preconditions(request: HttpRequest, current: Document | None) -> None:
    """Raise Http404 if there is no document, or a 412 if If-Match or If-None-Match does not hold.

    Call it in the transaction that makes the change. If-Match compares strongly, If-None-Match
    weakly: https://www.rfc-editor.org/rfc/rfc9110#section-13.1
    """
    if current is None:
        raise Http404
    etag = with_etag(current)["ETag"]
    wanted = request.META.get("HTTP_IF_MATCH")
    if wanted is not None and not names_etag(wanted, etag, weak=False):
        if not parse_etags(wanted):
            raise Problem(412, "If-Match must be an ETag in quotes, or *.")
        raise Problem(412, "It has changed since you read it: read it again, then decide.")
    if names_etag(request.META.get("HTTP_IF_NONE_MATCH", ""), etag):
        raise Problem(412, "It exists, in a version that If-None-Match names; nothing was changed.")


def names_etag(header: str, etag: str, *, weak: bool = True) -> bool:
    """Return whether a list of ETags contains this one or is `*` (RFC 9110, 13.1)."""
    tags = parse_etags(header)
    return "*" in tags or etag in tags or (weak and f"W/{etag}" in tags)
