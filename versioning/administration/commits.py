"""The admin's pages of commits: the log of a branch, what it changed, and an object's versions."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse

from bank.api.ids import key_in_path
from bank.models import Key
from versioning import diffs
from versioning.administration.pages import require, shown
from versioning.diffs import merge_base
from versioning.history import Version, versions
from versioning.kinds import KINDS
from versioning.models import Commit
from versioning.revisions import hash_of
from versioning.rows import MODELS
from versioning.signatures import MAIN

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


def diff(request: HttpRequest) -> HttpResponse:
    """Show what a branch or commit (?to=) has changed since it left another (?from=).

    Without them, what the session's branch has changed since it left main. It shows all objects, so
    it needs the permission to view them.
    """
    require(request, "view", *(kind.model for kind in KINDS.values()))
    old, new = request.GET.get("from") or MAIN, request.GET.get("to") or "HEAD"
    last = hash_of(new)
    first = merge_base(hash_of(old), last)
    rows, after = diffs.page(first, last, _after(request.GET.get("after")), PER_PAGE)
    names = {"from": first, "to": last, "after": after}
    context = {
        "title": f"Changes of {new} since it left {old}",
        "rows": rows,
        "next": f"?{urlencode(names)}" if after else "",
    }
    return shown(request, "versioning/diff.html", context)


def object_versions(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Show the versions of an object on the session's branch: its values, and what changed."""
    if kind not in KINDS:
        raise Http404
    model = KINDS[kind].model
    require(request, "view", model)
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


def _after(text: str | None) -> tuple[str, Key] | None:
    """Return the model and the key after which a page of a diff begins; raise Http404."""
    if not text:
        return None
    name, _, key = text.partition(":")
    if name not in MODELS:
        raise Http404
    return name, key_in_path(MODELS[name], key)


def _cells(version: Version, columns: list[Any]) -> list[tuple[Any, bool]]:
    """Return the value of each column, and whether this version changed it."""
    if version.row is None:
        return []
    return [(getattr(version.row, c.attname), c.attname in version.changed) for c in columns]


def _last_change(column: str, found: list[Version]) -> Commit | None:
    return next((version.commit for version in found if column in version.changed), None)
