"""Who may open the pages: everybody where the API needs no token, else the users of the admin."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from bank.pages.errors import error_page

View = Callable[..., Any]
# Scripts, styles and images of this server only, and none within a page.
OWN_FILES_ONLY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


def page(view: View) -> View:
    """Decorate a page: it is shown to those who may use the API, or are staff."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.API_TOKENS and not request.user.is_staff:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Content-Security-Policy", OWN_FILES_ONLY)
        return response

    return wrapper


def may(request: HttpRequest, action: str, kind: str) -> bool:
    """Return whether the user may add, change or delete rows of this kind."""
    return not settings.API_TOKENS or request.user.has_perm(f"bank.{action}_{kind}")


def demonstration(view: View) -> View:
    """Decorate a page that writes for show: a 403 where the API needs tokens."""

    @page
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.API_TOKENS:
            return error_page(
                request, 403, "This page writes for show, and this shop has API_TOKENS."
            )
        return view(request, *args, **kwargs)

    return wrapper
