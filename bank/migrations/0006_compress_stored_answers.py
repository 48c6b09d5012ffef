"""Compress the responses that are stored already, so that they stay valid."""

from __future__ import annotations

import zlib
from typing import Any

from django.db import migrations


def compress(apps: Any, schema_editor: Any) -> None:
    answers = apps.get_model("bank", "StoredAnswer").objects
    for pk, body in answers.values_list("pk", "body").iterator(1000):
        answers.filter(pk=pk).update(compressed_body=zlib.compress(body.encode()))


class Migration(migrations.Migration):
    dependencies = [("bank", "0005_storedanswer_compressed_body")]

    operations = [migrations.RunPython(compress, migrations.RunPython.noop)]
