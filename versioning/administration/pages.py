"""What the pages of version control have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from bank.administration.site import explained
from versioning.api.errors import STATUSES
from versioning.errors import VersionError

View = Callable[..., HttpResponse]


def page(view: View, permission: str = "") -> View:
    """Return this view for staff who have this permission ("add_branch"), if one is given.

    What version control refuses is a page with the reason. Unlike the site's other pages, a POST is
    not one transaction: Dolt's procedures commit by themselves.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if permission and not request.user.has_perm(f"versioning.{permission}"):
            raise PermissionDenied
        try:
            response = view(request, *args, **kwargs)
            return response.render() if isinstance(response, TemplateResponse) else response
        except VersionError as error:
            context = {"title": "Refused", "reason": str(error)}
            status = STATUSES.get(type(error), 409)
            return shown(request, "admin/refused.html", context, status=status)

    return explained(admin.AdminSite.admin_view(admin.site, wrapper))


def require(request: HttpRequest, action: str, *models: Any) -> None:
    """Raise PermissionDenied unless the user may "view" or "change" the objects of these models."""
    actions = ("view", "change") if action == "view" else (action,)
    for model in models:
        names = [get_permission_codename(each, model._meta) for each in actions]
        if not any(request.user.has_perm(f"{model._meta.app_label}.{name}") for name in names):
            raise PermissionDenied


def shown(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> TemplateResponse:
    """Return this template as a page of the admin."""
    context = admin.site.each_context(request) | context
    return TemplateResponse(request, template, context, status=status)
