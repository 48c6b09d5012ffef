"""Add the table that marks a bank into which a copy is not finished."""

from __future__ import annotations

from django.db import migrations, models

from bank.migrations import key


class Migration(migrations.Migration):
    dependencies = [("bank", "0002_product_stock_token")]

    operations = [
        migrations.CreateModel(
            name="UnfinishedCopy",
            fields=[key(), ("started", models.DateTimeField(auto_now_add=True))],
            options={"db_table": "unfinished_copies", "verbose_name_plural": "unfinished copies"},
        ),
    ]
