"""Authentication: by one of API_TOKENS; none is needed if API_TOKENS is empty."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from ninja.security import HttpBearer

from bank.api.problems import Problem

UNAUTHORIZED = Problem(
    401,
    "Send `Authorization: Bearer TOKEN` with one of this server's tokens.",
    headers={"WWW-Authenticate": "Bearer"},
)


# The key in META by which a page names its user; no header of a client gets such a key.
PAGE_USER = "bank.page_user"


class BearerToken(HttpBearer):
    """Sets request.auth to the client's name, which stays the same when its token is changed."""

    def __call__(self, request: HttpRequest) -> str | None:
        if name := request.META.get(PAGE_USER):
            return str(name)
        return super().__call__(request) if settings.API_TOKENS else "anybody"

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        """Return the name of the token's client; compares in constant time."""
        tokens = settings.API_TOKENS.items()
        names = [name for ours, name in tokens if constant_time_compare(token, ours)]
        return names[0] if names else None


def as_operation(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate the OpenAPI and docs views: they need a token too, and allow only GET and HEAD."""

    @require_safe
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = BearerToken()(request)
        return view(request, *args, **kwargs) if allowed else UNAUTHORIZED.response()

    return wrapper
