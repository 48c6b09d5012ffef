"""Rename StoredAnswer to IdempotencyRecord; its table and the permissions for it stay."""

from __future__ import annotations

from typing import Any

from django.db import migrations, router

ACTIONS = ("add", "change", "delete", "view")


def rename_permissions(apps: Any, schema_editor: Any) -> None:
    """Rename the permissions; Django would create new ones, which no user has been given."""
    _rename(apps, schema_editor, "stored answer", "idempotency record")


def restore_permissions(apps: Any, schema_editor: Any) -> None:
    """Undo rename_permissions(); otherwise Django would create the old ones beside the new."""
    _rename(apps, schema_editor, "idempotency record", "stored answer")


def _rename(apps: Any, schema_editor: Any, old: str, new: str) -> None:
    using = schema_editor.connection.alias
    if not router.allow_migrate(using, "auth"):  # the permissions are in another database
        return
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for action in ACTIONS:
        permissions.filter(codename=f"{action}_{old.replace(' ', '')}").update(
            codename=f"{action}_{new.replace(' ', '')}", name=f"Can {action} {new}"
        )


class Migration(migrations.Migration):
    dependencies = [("bank", "0010_order_change_token"), ("auth", "0001_initial")]

    operations = [
        migrations.RenameModel("StoredAnswer", "IdempotencyRecord"),
        migrations.RunPython(rename_permissions, restore_permissions),
    ]
