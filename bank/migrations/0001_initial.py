"""The tables of the bank, for every backend: the type of their keys is DEFAULT_AUTO_FIELD."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import CASCADE, PROTECT, CheckConstraint, Index, Q, UniqueConstraint

from bank.migrations import key


def money() -> models.DecimalField[Any, Any]:
    return models.DecimalField(max_digits=18, decimal_places=2)


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[key(), ("name", models.CharField(max_length=250))],
            options={
                "db_table": "customers",
                "constraints": [
                    CheckConstraint(condition=~Q(name=""), name="customer_name_not_empty"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                key(),
                ("name", models.CharField(max_length=250)),
                ("price", money()),
                (
                    "stock",
                    models.BigIntegerField(null=True, blank=True, help_text="Empty: not counted."),
                ),
            ],
            options={
                "db_table": "products",
                "constraints": [
                    CheckConstraint(condition=~Q(name=""), name="product_name_not_empty"),
                    CheckConstraint(condition=Q(price__gte=0), name="product_price_not_negative"),
                    CheckConstraint(
                        condition=Q(stock=None) | Q(stock__gte=0),
                        name="product_stock_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                key(),
                (
                    "customer",
                    models.ForeignKey(
                        "bank.customer", PROTECT, db_index=False, related_name="orders"
                    ),
                ),
                ("subtotal", money()),
            ],
            options={
                "db_table": "orders",
                "indexes": [Index(fields=["customer"], name="order_customer_index")],
                "constraints": [
                    CheckConstraint(
                        condition=Q(subtotal__gte=0), name="order_subtotal_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                key(),
                (
                    "order",
                    models.ForeignKey("bank.order", CASCADE, db_index=False, related_name="lines"),
                ),
                (
                    "product",
                    models.ForeignKey(
                        "bank.product", PROTECT, db_index=False, related_name="lines"
                    ),
                ),
                ("quantity", models.IntegerField(default=1)),
                ("price", money()),
            ],
            options={
                "db_table": "order_lines",
                "indexes": [Index(fields=["product"], name="order_line_product_index")],
                "constraints": [
                    UniqueConstraint(
                        fields=["order", "product"], name="order_line_once_per_product"
                    ),
                    CheckConstraint(
                        condition=Q(quantity__gte=1), name="order_line_quantity_positive"
                    ),
                    CheckConstraint(
                        condition=Q(price__gte=0), name="order_line_price_not_negative"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="order",
            name="products",
            field=models.ManyToManyField(
                "bank.product", through="bank.OrderLine", related_name="orders"
            ),
        ),
        migrations.CreateModel(
            name="StoredAnswer",
            fields=[
                key(),
                (
                    "client",
                    models.CharField(
                        max_length=64, help_text="SHA-256 of the caller's token and the key."
                    ),
                ),
                ("key", models.CharField(max_length=255)),
                (
                    "request",
                    models.CharField(max_length=64, help_text="SHA-256 of method, path and body."),
                ),
                ("body", models.TextField()),
                ("location", models.CharField(max_length=250)),
                ("created", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "stored_answers",
                "indexes": [Index(fields=["created"], name="stored_answer_created_index")],
                "constraints": [
                    UniqueConstraint(fields=["client", "key"], name="stored_answer_once_per_key"),
                ],
            },
        ),
    ]
