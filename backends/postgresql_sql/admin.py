"""The admin's page of the best sellers. Sales have a composite key, which the admin cannot show."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from backends.postgresql_sql.models import BestSeller


@admin.register(BestSeller)
class BestSellerAdmin(admin.ModelAdmin):
    list_display = ("place", "product", "pieces", "revenue")
    list_display_links = None
    list_select_related = ("product",)
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
