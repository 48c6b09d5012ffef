"""The admin's pages of commits: the log of the session's branch, and the versions of one object."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse

from bank.api.ids import key_in_path
from versioning.administration.pages import shown
from versioning.history import Version, versions
from versioning.kinds import KINDS
from versioning.models import Commit
from versioning.revisions import hash_of

PER_PAGE = 50


def log(request: HttpRequest) -> HttpResponse:
    """Show the commits of the session's branch, or of ?head=, newest first."""
    head, skip = hash_of(request.GET.get("head") or "HEAD"), int(request.GET.get("skip", 0))
    commits = Commit.log(head, PER_PAGE + 1, skip)
    context = {
        "title": "Commits",
        "commits": commits[:PER_PAGE],
        "head": head,
        "older": skip + PER_PAGE if len(commits) > PER_PAGE else None,
    }
    return shown(request, "versioning/log.html", context)


def object_versions(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Show the versions of an object on the session's branch: its values, and what changed."""
    if kind not in KINDS:
        raise Http404
    model = KINDS[kind].model
    if not admin.site.get_model_admin(model).has_view_permission(request):
        raise PermissionDenied
    found = versions(model, key_in_path(model, pk))
    if not found:
        raise Http404
    columns = [field for field in model._meta.concrete_fields if field.editable]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": f"Versions of {model._meta.verbose_name} {pk}",
        "columns": [column.verbose_name for column in columns],
        "blame": [_last_change(column.attname, found) for column in columns],
        "page": page,
        "rows": [(version.commit, _cells(version, columns)) for version in page],
    }
    return shown(request, "versioning/versions.html", context)


def _cells(version: Version, columns: list[Any]) -> list[tuple[Any, bool]]:
    """Return the value of each column, and whether this version changed it."""
    if version.row is None:
        return []
    return [(getattr(version.row, c.attname), c.attname in version.changed) for c in columns]


def _last_change(column: str, found: list[Version]) -> Commit | None:
    return next((version.commit for version in found if column in version.changed), None)
