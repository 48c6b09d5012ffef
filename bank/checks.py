"""System checks, which `manage.py check` and `migrate`, and so every start, run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections

from bank.models import UnfinishedCopy


def check_atomic_requests(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse ATOMIC_REQUESTS: a transaction inside its transaction could not be retried."""
    return [
        checks.Error(
            f"ATOMIC_REQUESTS is on for the database {alias!r}.",
            hint="Set it to False: each view that writes is one retried transaction already.",
            id="bank.E001",
        )
        for alias, options in settings.DATABASES.items()
        if options.get("ATOMIC_REQUESTS")
    ]


def check_unfinished_copy(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Refuse a database whose copy was not finished; runs with checks of databases only."""
    return [
        checks.Error(
            f"The copy into the database {alias!r} was not finished: its data is incomplete.",
            hint=(
                "Run the same `.venv/bin/python -m runner copy` again, or `bank_import --discard`: "
                "see docs/copying.md."
            ),
            id="bank.E002",
        )
        for alias in databases or []
        if _is_unfinished(alias)
    ]


def _is_unfinished(alias: str) -> bool:
    tables = connections[alias].introspection.table_names()
    migrated = UnfinishedCopy._meta.db_table in tables
    return migrated and UnfinishedCopy.objects.using(alias).exists()
