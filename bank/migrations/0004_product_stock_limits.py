"""Limit stock in forms; nothing changes in the database."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bank", "0003_unfinishedcopy")]

    operations = [
        migrations.AlterField(
            model_name="product",
            name="stock",
            field=models.BigIntegerField(
                null=True,
                blank=True,
                help_text="Empty: not counted.",
                validators=[MinValueValidator(0), MaxValueValidator(2**31 - 1)],
            ),
        ),
    ]
