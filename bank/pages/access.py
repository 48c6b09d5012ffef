"""Who may open the pages: everybody where the API needs no token, else the users of the admin."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from bank.errors import TransactionError
from bank.pages.errors import OWN_FILES_ONLY, error_page
from bank.transactions.error_kinds import ErrorKind, classify, unavailable

View = Callable[..., Any]


def page(view: View) -> View:
    """Decorate a page: it is shown to those who may use the API, or are staff."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.API_TOKENS and not request.user.is_staff:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        response = _answer(view, request, *args, **kwargs)
        response.headers.setdefault("Content-Security-Policy", OWN_FILES_ONLY)
        add_never_cache_headers(response)  # a form has the ETag of the row that it shows
        return response

    return wrapper


def _answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
    """Return the page, or one that says that the database is not available."""
    try:
        return view(request, *args, **kwargs)
    except TransactionError as error:
        return error_page(request, 503, str(error))
    except (DatabaseError, InterfaceError) as error:
        if (kind := classify(error)) is ErrorKind.OTHER:
            raise
        return error_page(request, 503, unavailable(kind))


def may(request: HttpRequest, action: str, kind: str, app: str = "bank") -> bool:
    """Return whether the user may view, add, change or delete rows of this model."""
    actions = ("view", "change") if action == "view" else (action,)
    permissions = (f"{app}.{each}_{kind}" for each in actions)
    return not settings.API_TOKENS or any(map(request.user.has_perm, permissions))


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
