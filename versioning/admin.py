"""The admin of version control: branches, commits and change requests, and where their pages are.

Staff may look at everything. Each change needs the permission of its model.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path

from versioning.administration import branches, commits, requests
from versioning.administration.pages import page
from versioning.models import Branch, ChangeRequest, Commit
from versioning.models.requests import Requests


class Pages(admin.ModelAdmin):
    """Lists a model on the site's first page; its pages are our own."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # for staff

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_add_permission = has_delete_permission = has_change_permission


@admin.register(Branch)
class BranchAdmin(Pages):
    def get_urls(self) -> list[URLPattern]:
        return [
            path("", page(branches.list_branches), name="versioning_branch_changelist"),
            path("switch/", page(branches.switch), name="versioning_branch_switch"),
            path("add/", page(branches.create, "add_branch"), name="versioning_branch_add"),
            path(
                "rename/", page(branches.rename, "change_branch"), name="versioning_branch_rename"
            ),
            path(
                "delete/", page(branches.delete, "delete_branch"), name="versioning_branch_delete"
            ),
        ]


@admin.register(Commit)
class CommitAdmin(Pages):
    def get_urls(self) -> list[URLPattern]:
        return [
            path("", page(commits.log), name="versioning_commit_changelist"),
            path("diff/", page(commits.diff), name="versioning_diff"),
            path(
                "versions/<kind>/<pk>/", page(commits.object_versions), name="versioning_versions"
            ),
        ]


@admin.register(ChangeRequest)
class ChangeRequestAdmin(Pages):
    actions = None
    list_display = ["title", "source", "target", "author", "state", "created"]
    list_filter = ["state"]
    search_fields = ["title", "description"]
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> Requests:
        return ChangeRequest.objects.settled()

    def get_urls(self) -> list[URLPattern]:
        name = "versioning_changerequest"
        listed = self.admin_site.admin_view(self.changelist_view)
        return [
            path("", listed, name=f"{name}_changelist"),
            path("add/", page(requests.open_one, "add_changerequest"), name=f"{name}_add"),
            path("<int:pk>/change/", page(requests.one), name=f"{name}_change"),
            path("<int:pk>/review/", page(requests.review, "add_review"), name=f"{name}_review"),
            path(
                "<int:pk>/merge/", page(requests.merge, "merge_changerequest"), name=f"{name}_merge"
            ),
            path(
                "<int:pk>/close/",
                page(requests.close, "change_changerequest"),
                name=f"{name}_close",
            ),
        ]
