"""Add the table that records the progress of the demo data."""

from __future__ import annotations

from django.db import migrations, models

from bank.migrations import key


class Migration(migrations.Migration):
    dependencies = [("bank", "0007_remove_uncompressed_body")]

    operations = [
        migrations.CreateModel(
            name="DemoData",
            fields=[
                key(),
                ("orders", models.BigIntegerField()),
                ("wanted", models.BigIntegerField()),
            ],
            options={"db_table": "demo_data", "verbose_name_plural": "demo data"},
        ),
    ]
