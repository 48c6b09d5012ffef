"""The branch of a request of the admin and the pages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial

from django.contrib import admin
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from bank.pages.access import page
from versioning.errors import UnknownRevision
from versioning.headers import signature
from versioning.signatures import MAIN, signed_by


class AdminBranch:
    """Runs each request of the admin and the pages on the branch that its session has chosen.

    That is main, if it has chosen none. The pages' calls of the API have the header Dolt-Branch. If
    the branch no longer exists, the answer is a 404 with a way back to main. The pages of branches
    and of change requests, those that write for show, and the logout, are always on main.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.session.get("dolt-branch", MAIN)
        branch = MAIN if request.path_info.startswith(_on_main()) else chosen
        if branch != MAIN:
            request.api_headers = {"Dolt_Branch": branch}  # type: ignore[attr-defined]
        try:
            with signed_by(partial(signature, request), branch) as connection:
                if branch != MAIN:
                    with suppress(DatabaseError, InterfaceError):  # the view meets it again
                        connection.ensure_connection()
                return self.get_response(request)
        except UnknownRevision:
            return _no_branch(request, branch)


def _no_branch(request: HttpRequest, branch: str) -> HttpResponse:
    context = {"title": "This branch no longer exists", "branch": branch, "main": MAIN}
    if request.path_info.startswith(reverse("admin:index")):
        context |= admin.site.each_context(request)
        return render(request, "versioning/no_branch.html", context, status=404)
    return page(render)(request, "versions/no_branch.html", context, status=404)


@cache
def _on_main() -> tuple[str, ...]:
    of_admin = ("versioning_branch_changelist", "versioning_changerequest_changelist", "logout")
    names = [f"admin:{page}" for page in of_admin]
    names += ["versions:branches", "versions:switch", "versions:requests"]
    names += ["pages:storm", "pages:sessions"]
    return tuple(map(reverse, names))
