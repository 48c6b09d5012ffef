"""System checks: what `manage.py check` and every start refuse."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks


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
