"""Middleware that the admin needs and the API does not: sessions, users and messages.

Subclasses of Django's, because the admin's system checks look for those in MIDDLEWARE. All three
together are about a quarter of what Django itself costs a small request.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin


class AdminOnly(MiddlewareMixin):
    """Steps aside for every path but the admin's."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith("/admin/"):
            return super().__call__(request)
        return self.get_response(request)


class Session(AdminOnly, SessionMiddleware):
    """Django's, for the admin."""


class Authentication(AdminOnly, AuthenticationMiddleware):
    """Django's, for the admin; the API has tokens."""


class Message(AdminOnly, MessageMiddleware):
    """Django's, for the admin."""
