"""The test application. It has no migrations: its tables are created with the test database."""

from __future__ import annotations

from django.apps import AppConfig

from tests import written


class OrmConfig(AppConfig):
    name = "tests.orm"

    def ready(self) -> None:
        """Start to record written tables, before the first connection is opened."""
        written.watch()
