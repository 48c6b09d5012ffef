"""Remove the uncompressed column; `body` is the compressed one from now on."""

from __future__ import annotations

from django.db import migrations, models

from bank.fields import CompressedTextField


class Migration(migrations.Migration):
    dependencies = [("bank", "0006_compress_stored_answers")]

    operations = [
        migrations.RemoveField("storedanswer", "body"),
        migrations.RenameField("storedanswer", "compressed_body", "body"),
        migrations.AlterField(
            "storedanswer", "body", CompressedTextField(db_column="compressed_body")
        ),
        migrations.AlterField(
            "storedanswer",
            "client",
            models.CharField(max_length=64, help_text="SHA-256 of the client's name and the key."),
        ),
    ]
