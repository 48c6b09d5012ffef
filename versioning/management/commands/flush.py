"""`manage.py flush`: of both databases."""

from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.core.management.commands import flush
from django.db import DEFAULT_DB_ALIAS

from versioning.router import SITE


class Command(flush.Command):
    """Flushes both databases, or the one of --database; the bank's on the branch main."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=None)

    def handle(self, *args: Any, database: str | None = None, **options: Any) -> None:
        for alias in [database] if database else [DEFAULT_DB_ALIAS, SITE]:
            super().handle(*args, database=alias, **options)
