"""A column for compressed answers; the next migration fills it from the one that goes.

Three migrations, because CockroachDB cannot write to a column in the transaction that adds it:
https://www.cockroachlabs.com/docs/stable/online-schema-changes#limitations
"""

from __future__ import annotations

from django.db import migrations

from bank.fields import CompressedTextField


class Migration(migrations.Migration):
    dependencies = [("bank", "0004_product_stock_limits")]

    operations = [
        migrations.AddField(
            model_name="storedanswer",
            name="compressed_body",
            field=CompressedTextField(db_column="compressed_body", default=""),
            preserve_default=False,
        ),
    ]
