"""Documents as JSON bytes, with the headers that make them cacheable and easy to walk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Model, ProtectedError, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import parse_etags
from ninja import Query

from bank.api.problems import Problem
from bank.models import Key
from bank.queries import Document, Page

Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many; Link names the next.")]
After = Annotated[str | None, Query(description="The id after which the page begins.")]


def json_response(document: Any) -> HttpResponse:
    """The document as JSON: amounts as strings with two decimals, keys as they are or as text."""
    return HttpResponse(_json(document), content_type="application/json")


def with_etag(document: Document) -> HttpResponse:
    """One document and its ETag, a hash of its bytes."""
    return _with_etag(_json(document))


def one(request: HttpRequest, document: Document | None) -> HttpResponse:
    """One document with its ETag; 304 where the client has it already, 404 where it is None."""
    if document is None:
        raise Http404
    response = with_etag(document)
    if _names(request.META.get("HTTP_IF_NONE_MATCH", ""), response["ETag"]):
        return HttpResponse(status=304, headers={"ETag": response["ETag"]})
    return response


def page(
    request: HttpRequest,
    read: Callable[[Key | None, int], Page],
    model: type[Model],
    limit: int,
    after: str | None,
) -> HttpResponse:
    """At most `limit` documents, and a Link to the next page where there is one."""
    documents, next_after = read(None if after is None else _after(model, after), limit)
    response = json_response(documents)
    if next_after is not None:
        query = urlencode({"limit": limit, "after": next_after})
        response["Link"] = f'<{request.path}?{query}>; rel="next"'
    return response


def created(kind: str, document: Document) -> HttpResponse:
    """A new document, its ETag, and where it is from now on."""
    return new_at(f"/{kind}/{document['id']}/", _json(document))


def new_at(location: str, content: bytes) -> HttpResponse:
    """What created() answers, from the bytes of the document."""
    response = _with_etag(content)
    response["Location"] = location
    return response


def check_preconditions(request: HttpRequest, current: Document | None) -> None:
    """Raise a 404 where there is nothing, a 412 where If-Match or If-None-Match forbids a change.

    Call it in the transaction that makes the change. If-Match compares strongly, If-None-Match
    weakly: https://www.rfc-editor.org/rfc/rfc9110#section-13.1
    """
    if current is None:
        raise Http404
    etag = with_etag(current)["ETag"]
    wanted = request.META.get("HTTP_IF_MATCH")
    if wanted is not None and not _names(wanted, etag, weak=False):
        if not parse_etags(wanted):
            raise Problem(412, "If-Match must be an ETag in quotes, or *.")
        raise Problem(412, "It has changed since you read it: read it again, then decide.")
    if _names(request.META.get("HTTP_IF_NONE_MATCH", ""), etag):
        raise Problem(412, "It exists, in a version that If-None-Match names; nothing was changed.")


def deleted(rows: QuerySet[Any], used_by: QuerySet[Any]) -> HttpResponse:
    """204, or 409 while orders refer to these rows."""
    kind = rows.model._meta.verbose_name
    in_use = Problem(409, f"This {kind} has orders: delete them first.")
    if used_by.exists():
        raise in_use
    try:
        rows.delete()
    except ProtectedError as error:  # ordered meanwhile
        raise in_use from error
    return HttpResponse(status=204)


def key_of(model: type[Model], raw: int | str) -> Key:
    """The key that a client wrote; raises ValueError if no key looks like that."""
    try:
        key = model._meta.pk.clean(raw, None)
    except ValidationError as error:
        raise ValueError(f"{raw!r} is no {model._meta.verbose_name} id.") from error
    if str(key) != str(raw):  # Python also reads 1_000, ' 7' and '٧' as integers
        raise ValueError(f"{raw!r} is no {model._meta.verbose_name} id.")
    return key


def key_in_path(model: type[Model], raw: str) -> Key:
    """The key in a path; 404 if it is malformed: there is nothing at such an address."""
    try:
        return key_of(model, raw)
    except ValueError as error:
        raise Http404 from error


def _after(model: type[Model], raw: str) -> Key:
    try:
        return key_of(model, raw)
    except ValueError as error:
        wrong = [{"parameter": "after", "detail": str(error)}]
        raise Problem(422, "The request is not valid.", errors=wrong) from error


def _names(header: str, etag: str, *, weak: bool = True) -> bool:
    """Whether a list of ETags names this one, or anything (`*`); RFC 9110, 13.1."""
    tags = parse_etags(header)
    return "*" in tags or etag in tags or (weak and f"W/{etag}" in tags)


def _with_etag(content: bytes) -> HttpResponse:
    etag = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    return HttpResponse(content, content_type="application/json", headers={"ETag": etag})


def _json(document: Any) -> bytes:
    return orjson.dumps(document, default=_text)


def _text(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
