"""A column for compressed answers; the next migration fills it from the one that goes.

Three migrations, because CockroachDB cannot write to a column in the transaction that adds it:
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
            # Empty, not compressed: Dolt keeps the default, and could not show one that is no text.
            field=models.BinaryField(db_column="compressed_body", default=b""),
            preserve_default=False,
        ),
    ]
