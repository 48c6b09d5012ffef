"""`flush`, after a test that cannot be rolled back, restores the state after `migrate`."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.core.management import call_command

from bank.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


def flush() -> None:
    """Flush the databases like Django after such a test."""
    for alias in settings.DATABASES:
        options = {"database": alias, "reset_sequences": False}
        call_command("flush", interactive=False, verbosity=0, **options)


def permissions() -> list[Any]:
    found = Permission.objects.values_list("content_type__model", "codename", "name")
    return sorted(found)


def test_a_flush_deletes_inserted_rows_and_keeps_permissions() -> None:
    flush()
    before = list(Permission.objects.order_by("pk").values_list())
    User.objects.create(username="carl").user_permissions.add(*Permission.objects.all()[:3])
    Customer.objects.create(name="Carl")

    flush()

    assert list(Permission.objects.order_by("pk").values_list()) == before != []
    assert not Customer.objects.exists()
    assert not User.objects.exists()


def test_a_flush_restores_changed_permissions() -> None:
    flush()
    before = permissions()
    changed, deleted = Permission.objects.all()[:2]
    Permission.objects.filter(pk=changed.pk).update(name="changed")
    deleted.delete()

    flush()

    assert permissions() == before
