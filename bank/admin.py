"""The admin: every table, found by name, with the lines of an order on its page."""

from __future__ import annotations

from django.contrib import admin

from bank.models import Customer, Order, OrderLine, Product, StoredAnswer


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ["name", "pk"]
    search_fields = ["name"]


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["name", "price", "stock"]
    list_editable = ["price"]
    search_fields = ["name"]


class OrderLineInline(admin.TabularInline):
    model = OrderLine
    autocomplete_fields = ["product"]
    extra = 0


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    """Corrects documents by hand: stock is moved by the API only."""

    list_display = ["pk", "customer", "subtotal"]
    list_select_related = ["customer"]
    search_fields = ["customer__name"]
    autocomplete_fields = ["customer"]
    inlines = [OrderLineInline]


@admin.register(OrderLine)
class OrderLineAdmin(admin.ModelAdmin):
    list_display = ["order", "product", "quantity", "price"]
    list_select_related = ["order", "product"]
    search_fields = ["product__name"]
    autocomplete_fields = ["order", "product"]


@admin.register(StoredAnswer)
class StoredAnswerAdmin(admin.ModelAdmin):
    list_display = ["key", "location", "created"]
    list_filter = ["created"]
    search_fields = ["key"]
