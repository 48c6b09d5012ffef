"""System checks: what `manage.py check`, `migrate` and so every start refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections

from bank.models import UnfinishedCopy


def check_atomic_requests(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse ATOMIC_REQUESTS: inside of its transaction nothing could be run again."""
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
    """Refuse a bank that a copy has filled only in part. Only checks of the database ask."""
    return [
        checks.Error(
            f"The copy into the database {alias!r} was not finished: it is not whole.",
            hint="`.venv/bin/python -m runner copy` the same again: see docs/copying.md.",
            id="bank.E002",
        )
        for alias in databases or []
        if _is_unfinished(alias)
    ]


def _is_unfinished(alias: str) -> bool:
    tables = connections[alias].introspection.table_names()
    there = UnfinishedCopy._meta.db_table in tables  # not before the first migrate
    return there and UnfinishedCopy.objects.using(alias).exists()
