"""Middleware that the admin needs and the API does not: sessions, users, messages and CSRF.

Subclasses of Django's, because the admin's system checks look for those in MIDDLEWARE. The first
three together are about a quarter of what Django itself costs a small request.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin


class AdminOnly(MiddlewareMixin):
    """Does nothing for requests outside the admin."""

    def __call__(self, request: HttpRequest) -> Any:
        if _is_admin(request):
            return super().__call__(request)
        return self.get_response(request)


class Session(AdminOnly, SessionMiddleware):
    """Django's sessions, for the admin only."""


class Authentication(AdminOnly, AuthenticationMiddleware):
    """Django's logins, for the admin only; the API has tokens."""


class Message(AdminOnly, MessageMiddleware):
    """Django's messages, for the admin only."""


class Csrf(AdminOnly, CsrfViewMiddleware):
    """CSRF protection for the admin only: the API accepts no cookies, so it needs none."""

    def process_view(self, request: HttpRequest, *view: Any) -> Any:
        """Django calls this besides `__call__`; it would turn 404 and 405 of the API into 403."""
        return super().process_view(request, *view) if _is_admin(request) else None


def _is_admin(request: HttpRequest) -> bool:
    return request.path_info.startswith("/admin/")
