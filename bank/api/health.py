"""Endpoints for monitoring: whether the process responds, and whether the database does."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from ninja import Router

from bank.api.responses import json_response
from bank.engine import Engine
from bank.transactions.outcomes import outcomes

router = Router(tags=["health"])
TEXT: dict[str, Any] = {
    "responses": {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
}


@router.get("/ping/", auth=None, openapi_extra=TEXT)
def ping(request: HttpRequest) -> HttpResponse:
    """The process responds. The text is the tutorial's: its test driver waits for it."""
    return HttpResponse("python/django", content_type="text/plain")


@router.get("/health/", auth=None, response={200: dict[str, Any], 503: dict[str, Any]})
def health(request: HttpRequest) -> HttpResponse:
    """The database responds: its version, and the outcomes of this process's transactions."""
    try:
        server = Engine().server_version()
    except (DatabaseError, InterfaceError):
        server = None
    response = json_response(
        {
            "backend": settings.BACKEND,
            "server": server,
            "ok": server is not None,
            "transactions": outcomes.snapshot(),
        }
    )
    response.status_code = 200 if server else 503
    return response
