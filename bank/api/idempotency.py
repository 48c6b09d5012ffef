"""A request that comes twice is executed once.

The answer is stored in the transaction that does the work: both are there, or neither, whatever
broke in between. So a client that got no answer sends the same request again with the same
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

from bank.api.idempotency_records import expiry, forget_now_and_then
from bank.api.problems import Problem
from bank.api.responses import new_at
from bank.models import IdempotencyRecord
from bank.transactions import retry_transaction
from bank.transactions.retry import retries_here

Work = Callable[[], HttpResponse]
KEY = r"^[\x21-\x7e]{1,255}$"
IDEMPOTENCY_KEY: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "schema": {"type": "string", "pattern": KEY},
            "description": (
                "1–255 visible ASCII characters. For two days, "
                "the same request with the same key gets the same answer."
            ),
        }
    ]
}
"""What /openapi.json says of the operations that call once()."""


def once(request: HttpRequest, work: Work) -> HttpResponse:
    """Do the work in a retried transaction; with an Idempotency-Key once for this client.

    A repeated request gets the stored answer, with the same headers, for
    settings.IDEMPOTENCY_KEY_LIFETIME; a different one with the same key is a 422. The client is
    known by its name (request.auth), which stays when its token is replaced.
    Answers that changed nothing (errors) are not stored: the next try may do better.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return retry_transaction(work)()
    _check(key)
    run = retry_transaction(idempotent=True)(partial(_stored_or_new, request, key, work))
    try:
        response = run()
    except IntegrityError:
        # The same request stored its answer meanwhile: now it is found. If it is another
        # constraint that broke, it breaks again.
        retries_here.set(retries_here.get() + 1)
        response = run()
    forget_now_and_then()
    return response


def _check(key: str) -> None:
    if not re.fullmatch(KEY, key):
        wrong = {"header": "Idempotency-Key", "detail": "1–255 visible ASCII characters."}
        raise Problem(422, "The request is not valid.", errors=[wrong])


def _stored_or_new(request: HttpRequest, key: str, work: Work) -> HttpResponse:
    # The key is in the digest too: a column may be compared without regard to case, as on Dolt.
    client = _digest(str(getattr(request, "auth", "")).encode(), b"\n", key.encode())
    who = {"client": client, "key": key}
    what = _digest(f"{request.method} {request.path_info}\n".encode(), request.body)
    stored = IdempotencyRecord.objects.filter(**who).first()
    if stored and stored.created < expiry():
        stored.delete()
        stored = None
    if stored is None:
        response = work()
        IdempotencyRecord.objects.create(
            **who, request=what, body=response.content.decode(), location=response["Location"]
        )
        return response
    if stored.request != what:
        raise Problem(422, "This Idempotency-Key came with another request before: use a new one.")
    return new_at(stored.location, stored.body.encode())


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()
