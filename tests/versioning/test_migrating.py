"""`manage.py migrate`: the users that older versions kept in the bank."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection

from versioning.models import Branch
from versioning.router import SITE, UNVERSIONED


@contextmanager
def tables_of_an_older_version() -> Iterator[None]:
    """Let the bank have the tables of users and sessions, too."""
    models = [m for m in apps.get_models() if m._meta.app_label in UNVERSIONED]
    with connection.schema_editor() as editor:
        for model in models:
            editor.create_model(model)
    try:
        yield
    finally:
        with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
            for model in models:
                editor.delete_model(model)


def test_the_users_of_an_older_version_are_copied_only_once(main: Branch) -> None:
    with tables_of_an_older_version():
        User.objects.using(DEFAULT_DB_ALIAS).create(username="ann", password="old")
        call_command("migrate", verbosity=0)
        copied = list(User.objects.using(SITE).values_list("username", "password"))
        User.objects.using(SITE).update(password="new")
        call_command("migrate", verbosity=0)

    assert copied == [("ann", "old")]
    assert User.objects.using(SITE).get().password == "new"
