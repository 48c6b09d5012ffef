"""Set the messages of forms about violated constraints; nothing changes in the database."""

from __future__ import annotations

from django.db import migrations
from django.db.models import CheckConstraint, Q

COUNTED = Q(stock=None) | Q(stock__gte=0)
RULES = [
    ("customer", "customer_name_not_empty", ~Q(name=""), "A name is not empty."),
    ("product", "product_name_not_empty", ~Q(name=""), "A name is not empty."),
    ("product", "product_price_not_negative", Q(price__gte=0), "A price is not below 0."),
    ("product", "product_stock_not_negative", COUNTED, "Stock is not below 0."),
    ("order", "order_subtotal_not_negative", Q(subtotal__gte=0), "A subtotal is not below 0."),
    ("orderline", "order_line_quantity_positive", Q(quantity__gte=1), "A quantity is at least 1."),
    ("orderline", "order_line_price_not_negative", Q(price__gte=0), "A price is not below 0."),
]


class Migration(migrations.Migration):
    dependencies = [("bank", "0008_demodata")]

    operations = [
        migrations.AlterConstraint(
            model_name=model,
            name=name,
            constraint=CheckConstraint(
                condition=condition, name=name, violation_error_message=message
            ),
        )
        for model, name, condition, message in RULES
    ]
