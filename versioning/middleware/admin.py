"""The branch of a request of the admin."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial

from django.contrib import admin
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from versioning.errors import UnknownRevision
from versioning.headers import signature
from versioning.signatures import MAIN, signed_by


class AdminBranch:
    """Runs each request of the admin on the branch that its session has chosen, or main.

    If that no longer exists, the answer is a 404 with a way back to main. The pages of branches and
    of change requests, and the logout, are always on main.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.session.get("dolt-branch", MAIN)
        branch = MAIN if request.path_info.startswith(_on_main()) else chosen
        try:
            with signed_by(partial(signature, request), branch) as connection:
                if branch != MAIN:
                    with suppress(DatabaseError, InterfaceError):  # the view meets it again
                        connection.ensure_connection()
                return self.get_response(request)
        except UnknownRevision:
            context = {"title": "This branch no longer exists", "branch": branch, "main": MAIN}
            context |= admin.site.each_context(request)
            page = TemplateResponse(request, "versioning/no_branch.html", context, status=404)
            return page.render()


@cache
def _on_main() -> tuple[str, ...]:
    pages = ("versioning_branch_changelist", "versioning_changerequest_changelist", "logout")
    return tuple(reverse(f"admin:{page}") for page in pages)
