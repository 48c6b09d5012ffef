"""The branch switchers of the admin and of the pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.urls import reverse

from bank.engine import Engine
from versioning.errors import VersionError
from versioning.models import Branch
from versioning.signatures import MAIN

register = template.Library()
MOST = 200  # branches; all are on the page of branches


@register.inclusion_tag("versioning/switcher.html", takes_context=True)
def branch_switcher(context: dict[str, Any]) -> dict[str, Any]:
    """Show the session's branch and a form that changes it; nothing to those who are not staff."""
    if not context.get("has_permission"):  # set by each_context() of the site
        return {}
    request = context["request"]
    current = request.session.get("dolt-branch", MAIN)
    back = request.get_full_path() if request.method == "GET" else ""
    return {"current": current, "names": _names(current), "main": MAIN, "next": back}


@register.inclusion_tag("versions/switcher.html", takes_context=True)
def page_branch_switcher(context: dict[str, Any]) -> dict[str, Any]:
    """Show the session's branch, and forms that change it; nothing on errors of the API."""
    request: Any = context.get("request")
    if not hasattr(request, "session") or (settings.API_TOKENS and not request.user.is_staff):
        return {}
    current = request.session.get("dolt-branch", MAIN)
    of_the_bank = getattr(request.resolver_match, "namespace", "") == "pages"
    return {
        "current": current,
        "names": _names(current),
        "next": _back(request),
        "elsewhere": of_the_bank and (Engine().side_branch or MAIN) != current,
        "csrf_token": context.get("csrf_token"),
    }


def _back(request: HttpRequest) -> str:
    """Return the address of this page, or of the one on which the switcher was used."""
    if request.path == reverse("versions:switch"):  # it is no page
        return request.POST.get("next", "")
    return request.get_full_path() if request.method == "GET" else request.path


def _names(current: str) -> list[str]:
    """Return the names of the branches; only main if they cannot be read: the page says so."""
    try:
        found = Branch.objects.order_by("name").values_list("name", flat=True)[:MOST]
        return sorted({MAIN, current, *found})
    except (DatabaseError, InterfaceError, VersionError):
        return [MAIN]
