"""Answers that were stored before stay valid."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def compress(apps: Any, schema_editor: Any) -> None:
    answers = apps.get_model("bank", "StoredAnswer").objects
    for pk, body in answers.values_list("pk", "body").iterator(1000):
        answers.filter(pk=pk).update(compressed_body=body)


class Migration(migrations.Migration):
    dependencies = [("bank", "0005_storedanswer_compressed_body")]

    operations = [migrations.RunPython(compress, migrations.RunPython.noop)]
