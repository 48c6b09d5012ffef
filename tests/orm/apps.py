"""The test application. It has no migrations: its tables come with the test database."""

from __future__ import annotations

from django.apps import AppConfig

from tests import written


class OrmConfig(AppConfig):
    name = "tests.orm"

    def ready(self) -> None:
        """Before the first connection is made."""
        written.watch()
