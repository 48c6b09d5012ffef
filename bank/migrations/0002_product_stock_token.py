"""Add the token that makes two writes of the same stock differ: see bank.models.Product."""

from __future__ import annotations

from django.db import migrations, models

import bank.models


class Migration(migrations.Migration):
    dependencies = [("bank", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="stock_token",
            field=models.BigIntegerField(null=True, default=bank.models.new_token, editable=False),
        ),
        migrations.AlterField(
            model_name="storedanswer",
            name="client",
            field=models.CharField(
                max_length=64, help_text="SHA-256 of the caller's token and the key."
            ),
        ),
    ]
