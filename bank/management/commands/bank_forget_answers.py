"""`manage.py bank_forget_answers`: deletes all expired idempotency records at once."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from bank.api.idempotency_records import delete_before

MOST_DAYS = 36500


class Command(BaseCommand):
    """Deletes the records older than so many days; a repeated request then is a new request."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        lifetime = settings.IDEMPOTENCY_KEY_LIFETIME / timedelta(days=1)
        parser.add_argument(
            "--days",
            type=float,
            default=lifetime,
            help=f"delete records older than this, 0 to {MOST_DAYS} (default: %(default)g)",
        )

    def handle(self, *args: Any, days: float, **options: Any) -> None:
        if not 0 <= days <= MOST_DAYS:
            raise CommandError(f"--days must be a number from 0 to {MOST_DAYS}.")
        before, count = timezone.now() - timedelta(days=days), 0
        while deleted := delete_before(before):
            count += deleted
        self.stdout.write(f"{count} idempotency records deleted")
