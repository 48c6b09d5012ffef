"""`manage.py changepassword`: users are in the database of what is not versioned."""

from __future__ import annotations

from django.contrib.auth.management.commands import changepassword
from django.core.management import CommandParser

from versioning.router import SITE


class Command(changepassword.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=SITE)
