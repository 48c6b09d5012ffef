"""Rename StoredAnswer to IdempotencyRecord; its table and the permissions for it stay."""

from __future__ import annotations

from typing import Any

from django.db import migrations

ACTIONS = ("add", "change", "delete", "view")


def rename_permissions(apps: Any, schema_editor: Any) -> None:
    """Rename the permissions; Django would create new ones, which no user has been given."""
    permissions = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
    for action in ACTIONS:
        permissions.filter(codename=f"{action}_storedanswer").update(
            codename=f"{action}_idempotencyrecord", name=f"Can {action} idempotency record"
        )


class Migration(migrations.Migration):
    dependencies = [("bank", "0010_order_change_token"), ("auth", "0001_initial")]

    operations = [
        migrations.RenameModel("StoredAnswer", "IdempotencyRecord"),
        migrations.RunPython(rename_permissions, migrations.RunPython.noop),
    ]
