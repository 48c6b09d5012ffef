"""Add a column for compressed responses, which the next migration fills from the old column.

These are three migrations, because CockroachDB cannot write to a column in the transaction that
adds it:
https://www.cockroachlabs.com/docs/stable/online-schema-changes#limitations
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bank", "0004_product_stock_limits")]

    operations = [
        migrations.AddField(
            model_name="storedanswer",
            name="compressed_body",
            # Empty, not compressed: Dolt stores the default, and cannot show one that is not text.
            field=models.BinaryField(db_column="compressed_body", default=b""),
            preserve_default=False,
        ),
    ]
