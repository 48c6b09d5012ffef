"""The branch switcher of the admin's pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.db import DatabaseError, InterfaceError

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


def _names(current: str) -> list[str]:
    """Return the names of the branches; only main if they cannot be read: the page says so."""
    try:
        found = Branch.objects.order_by("name").values_list("name", flat=True)[:MOST]
        return sorted({MAIN, current, *found})
    except (DatabaseError, InterfaceError, VersionError):
        return [MAIN]
