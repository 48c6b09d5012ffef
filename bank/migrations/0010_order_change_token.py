"""Add the token that makes two changes of one order a conflict: see bank.models.Order."""

from __future__ import annotations

from django.db import migrations, models

import bank.models


class Migration(migrations.Migration):
    dependencies = [("bank", "0009_constraint_messages")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="change_token",
            field=models.BigIntegerField(null=True, default=bank.models.new_token, editable=False),
        ),
    ]
