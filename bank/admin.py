"""The admin: every table, searchable by name, with the lines of an order on its page.

Transactions and error pages are in bank/administration/site.py.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Field, QuerySet
from django.forms import Field as FormField
from django.http import HttpRequest

from bank.administration.base import BankAdmin, HiddenInitials
from bank.administration.forms import Lines, ProductForm
from bank.administration.users import GroupAdmin, UserAdmin
from bank.models import Customer, IdempotencyRecord, Order, OrderLine, Product, total

# A longer order is read-only: Django accepts 1,000 fields of a form, and a line has seven.
MOST_LINES = 100


@admin.register(Customer)
class CustomerAdmin(BankAdmin):
    list_display = ["name", "pk"]
    search_fields = ["name"]


@admin.register(Product)
class ProductAdmin(BankAdmin):
    form = ProductForm
    list_display = ["name", "price", "stock"]
    list_editable = ["price"]
    search_fields = ["name"]


class LineInline(HiddenInitials, admin.TabularInline):
    model = OrderLine
    formset = Lines
    fields = ["product", "quantity", "price"]
    readonly_fields = ["price"]
    autocomplete_fields = ["product"]
    extra = 0
    max_num = MOST_LINES

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        return super().get_queryset(request).select_related("product")

    def has_view_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return True  # for users who may view the order

    def has_change_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        """The lines of an order have the order's permissions."""
        if obj is None or obj.pk is None:
            return request.user.has_perm("bank.add_order")
        if not hasattr(obj, "is_long"):  # called several times per page
            obj.is_long = obj.lines.count() > MOST_LINES  # type: ignore[attr-defined]
        return request.user.has_perm("bank.change_order") and not obj.is_long  # type: ignore[attr-defined]

    has_add_permission = has_change_permission
    has_delete_permission = has_change_permission


@admin.register(Order)
class OrderAdmin(BankAdmin):
    """Places, changes and deletes orders with the API's code, so stock is updated."""

    list_display = ["pk", "customer", "subtotal"]
    list_select_related = ["customer"]
    search_fields = ["customer__name"]
    autocomplete_fields = ["customer"]
    inlines = [LineInline]

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **options: Any
    ) -> FormField | None:
        if db_field.name == "subtotal":
            options["required"] = False
            options["help_text"] = (
                "Empty: computed from the prices. Changing the lines sets all of them to the "
                "current prices and computes the subtotal again, unless you change it too."
            )
        return super().formfield_for_dbfield(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Order, form: Any, change: bool) -> None:
        """Saved with its lines, in save_related."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        order, [lines] = form.instance, formsets
        lines.save(commit=False)  # writes nothing; the history needs its changed_objects
        if not change or lines.has_changed():
            given = not change or "subtotal" in form.changed_data
            order.fill(lines.quantities(), form.cleaned_data["subtotal"] if given else None)
            return
        if order.subtotal is None:
            order.subtotal = total(order.lines.all())
        order.save(update_fields=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Order) -> None:
        obj.cancel()

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        queryset.cancel()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return the orders and their number of lines; Django's would query each line."""
        lines = OrderLine.objects.filter(order__in=[order.pk for order in objs]).count()
        return list(map(str, objs)), {"orders": len(objs), "order lines": lines}, set(), []


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(admin.ModelAdmin):
    """Can be searched and deleted, but not edited."""

    list_display = ["key", "location", "created"]
    list_filter = ["created"]
    search_fields = ["key"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: IdempotencyRecord | None = None
    ) -> bool:
        return False


admin.site.unregister([User, Group])  # Django's forms would overwrite newer permissions
admin.site.register(User, UserAdmin)
admin.site.register(Group, GroupAdmin)
