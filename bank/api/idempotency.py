"""Idempotency keys: a repeated request is executed once.

The response is stored in the transaction that does the work: either both are committed or
neither. So a client that got no response sends the same request again with the same
`Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header) and cannot order twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

from bank.api.idempotency_records import delete_some_expired, expiry
from bank.api.problems import Problem
from bank.api.responses import new_at
from bank.engine import Engine
from bank.models import IdempotencyRecord
from bank.transactions import retry_transaction
from bank.transactions.retry import retries_here
from bank.writes import insert

Work = Callable[[], HttpResponse]
KEY = r"^[\x21-\x7e]{1,255}$"
IDEMPOTENCY_KEY: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "schema": {"type": "string", "pattern": KEY, "examples": ["8e03978e-40d5"]},
            "description": (
                "1–255 visible ASCII characters. For two days, "
                "the same request with the same key gets the same answer."
            ),
        }
    ]
}
"""For /openapi.json: the parameter of the operations that call once()."""


def once(request: HttpRequest, work: Work) -> HttpResponse:
    """Do the work in a retried transaction; with an Idempotency-Key only once per client.

    A repeated request gets the stored response, with the same headers, for
    settings.IDEMPOTENCY_KEY_LIFETIME; a different one with the same key gets a 422. The client is
    identified by its name (request.auth), which stays when its token is replaced.
    Error responses are not stored: they changed nothing, and the next attempt may succeed.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return retry_transaction(work)()
    _check(key)
    run = retry_transaction(idempotent=True)(partial(_stored_or_new, request, key, work))
    try:
        response = run()
    except IntegrityError:
        # A concurrent duplicate stored its response: now it is found. If another constraint was
        # violated, it is violated again.
        retries_here.set(retries_here.get() + 1)
        response = run()
    delete_some_expired()
    return response


def _check(key: str) -> None:
    if not re.fullmatch(KEY, key):
        wrong = {"header": "Idempotency-Key", "detail": "1–255 visible ASCII characters."}
        raise Problem(422, "The request is not valid.", errors=[wrong])


def _stored_or_new(request: HttpRequest, key: str, work: Work) -> HttpResponse:
    # The key is in the digest too: a column may be compared case-insensitively, as on Dolt. So is
    # the branch: a new branch has the records of its origin, and a merged one has those of both.
    scope = filter(None, [key, Engine().side_branch])
    client = _digest("\n".join([str(getattr(request, "auth", "")), *scope]).encode())
    identity = {"client": client, "key": key}
    digest = _digest(f"{request.method} {request.path_info}\n".encode(), request.body)
    stored = IdempotencyRecord.objects.filter(**identity).first()
    if stored and stored.created < expiry():
        stored.delete()
        stored = None
    if stored is None:
        response = work()
        record = IdempotencyRecord(
            **identity,
            request=digest,
            body=response.content.decode(),
            location=response["Location"],
        )
        insert([record])
        return response
    if stored.request != digest:
        raise Problem(422, "This Idempotency-Key was used for another request: use a new one.")
    return new_at(stored.location, stored.body.encode())


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()
