"""The application's name for Django, and the checks that come with it."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks


class BankConfig(AppConfig):
    """Registers the system checks. The key type is left to the backend's DEFAULT_AUTO_FIELD."""

    name = "bank"

    def ready(self) -> None:
        from bank.checks import check_atomic_requests, check_unfinished_copy

        checks.register(check_atomic_requests)
        checks.register(check_unfinished_copy, checks.Tags.database)
