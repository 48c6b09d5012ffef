"""`manage.py migrate`: on a branch, and of users that an older version kept with the bank."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from bank.models import Order
from versioning.management.commands.migrate import _copy_unversioned
from versioning.models import Branch, Commit, Status
from versioning.procedures import call
from versioning.router import SITE, UNVERSIONED
from versioning.signatures import signed

COLUMN = Order._meta.get_field("change_token").column  # of migration 0010


def migrate(*words: str, **options: Any) -> None:
    call_command("migrate", *words, verbosity=0, **options)


def state(branch: str) -> tuple[bool, bool, str]:
    """Return whether the branch has the column, whether it has changes, and its latest commit."""
    with signed("", "Ann <ann@example.com>", branch=branch):
        with connection.cursor() as cursor:
            table = connection.introspection.get_table_description(cursor, Order._meta.db_table)
        return (
            COLUMN in {column.name for column in table},
            Status.objects.exists(),
            Commit.latest().pk,
        )


def test_a_branch_is_migrated_alone_in_a_commit(main: Branch, other: Branch) -> None:
    migrate("bank", "0009", database="default", branch="other")
    backwards = state("other")
    migrate(database="default", branch="other")
    forwards = state("other")

    assert backwards[:2] == (False, False)
    assert forwards[:2] == (True, False)
    assert len({main.hash, backwards[2], forwards[2]}) == 3
    assert state("main") == (True, False, main.hash)


def test_an_unknown_branch_is_not_migrated() -> None:
    with pytest.raises(CommandError, match=r"^There is no such branch, tag or commit\. 'nowhere'$"):
        migrate(branch="nowhere")


@pytest.fixture
def old_users(main: Branch) -> Iterator[None]:
    """Create the tables of users in the bank's database, as an older version did."""
    models = [m for m in apps.get_models() if m._meta.app_label in UNVERSIONED]
    with connection.schema_editor() as editor:
        for model in models:
            editor.create_model(model)
    with connection.constraint_checks_disabled():
        for model in models:
            rows = model._base_manager.using(SITE).all()
            model._base_manager.using("default").bulk_create(rows)
    yield
    call("reset", "--hard", main.hash)


@pytest.mark.usefixtures("old_users")
def test_users_that_an_older_version_kept_with_the_bank_are_copied_once() -> None:
    User(username="ann", password="hash").save(using="default")  # noqa: S106

    for _ in range(2):
        _copy_unversioned()

    assert User.objects.get().username == "ann"
