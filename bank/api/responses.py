"""Responses with documents as JSON and their ETag, and responses to POST and DELETE."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db.models import ProtectedError, QuerySet
from django.http import HttpResponse

from bank.api.problems import Problem
from bank.queries import Document

ZERO = Decimal("0.00")


def json_response(document: Any) -> HttpResponse:
    """Return the document as JSON: decimals as strings with at least two places, UTC datetimes."""
    return HttpResponse(_json(document), content_type="application/json")


def with_etag(document: Document) -> HttpResponse:
    """Return a response with one document and its ETag, a hash of the JSON."""
    return _with_etag(_json(document))


def created(kind: str, document: Document) -> HttpResponse:
    """Return a response with a new document, its ETag and its Location."""
    return new_at(f"/{kind}/{document['id']}/", _json(document))


def new_at(location: str, content: bytes) -> HttpResponse:
    """Return the same response as created(), from the JSON of the document."""
    response = _with_etag(content)
    response["Location"] = location
    return response


def deleted(rows: QuerySet[Any], used_by: QuerySet[Any]) -> HttpResponse:
    """Delete these rows and return a 204; raise a 409 if orders refer to them."""
    kind = rows.model._meta.verbose_name
    in_use = Problem(409, f"This {kind} has orders: delete them first.")
    if used_by.exists():
        raise in_use
    try:
        rows.delete()
    except ProtectedError as error:  # by an order that was placed in the meantime
        raise in_use from error
    return HttpResponse(status=204)


def _with_etag(content: bytes) -> HttpResponse:
    etag = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    return HttpResponse(content, content_type="application/json", headers={"ETag": etag})


def _json(document: Any) -> bytes:
    return orjson.dumps(document, default=_text, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value + ZERO)
    if isinstance(value, datetime):  # MongoDB stores milliseconds
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    return str(value)  # a key
