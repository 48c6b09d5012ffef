"""`manage.py flush` empties both databases."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.management import call_command

from bank.models import Customer
from versioning.management.commands.flush import Command


def test_a_flush_deletes_the_banks_rows_and_the_users() -> None:
    Customer.objects.create(name="Ann")
    User.objects.create(username="ann")

    call_command(Command(), interactive=False, verbosity=0)  # the suite has a flush of its own

    assert not Customer.objects.exists()
    assert not User.objects.exists()
