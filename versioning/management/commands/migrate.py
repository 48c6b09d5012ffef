"""`manage.py migrate`: of the bank on a branch, and of the database of what is not versioned."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from versioning.errors import VersionError
from versioning.models import Status
from versioning.procedures import call
from versioning.router import SITE, UNVERSIONED
from versioning.signatures import MAIN, of_this_process, signed


class Command(migrate.Command):
    """Migrates both databases, or the one of --database; commits the tables of the bank."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=None)
        parser.add_argument("--branch", default=MAIN, help="migrate the bank on this branch")

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        return {"databases": [options["database"] or DEFAULT_DB_ALIAS]}

    def handle(self, *args: Any, database: str | None, branch: str, **options: Any) -> None:
        for alias in [database] if database else [SITE, DEFAULT_DB_ALIAS]:
            if create := getattr(connections[alias], "create_database", None):
                create()
            if alias == SITE:
                super().handle(*args, database=alias, **options)
            else:
                self._migrate_branch(branch, *args, database=alias, **options)
        if not database:
            _copy_unversioned()

    def _migrate_branch(self, branch: str, *args: Any, database: str, **options: Any) -> None:
        signature = of_this_process()
        try:
            with signed(*signature, branch=branch, using=database):
                super().handle(*args, database=database, **options)
                if Status.objects.using(database).exists():  # DDL ends a transaction without one
                    words = "-m", signature.message, "--author", signature.author
                    call("commit", "-A", *words, using=database)
        except VersionError as error:
            raise CommandError(str(error)) from error


def _copy_unversioned() -> None:
    """Copy users and all else that is not versioned from the bank, where older versions had it."""
    tables = connections[DEFAULT_DB_ALIAS].introspection.table_names()
    if User._meta.db_table not in tables or User.objects.using(SITE).exists():
        return
    every = apps.get_models(include_auto_created=True)
    models = [model for model in every if model._meta.app_label in UNVERSIONED]
    # Not in the order in which they refer to each other.
    with connections[SITE].constraint_checks_disabled():
        for model in models:
            model._base_manager.using(SITE).all().delete()
        for model in models:
            rows = list(model._base_manager.using(DEFAULT_DB_ALIAS))
            model._base_manager.using(SITE).bulk_create(rows)
