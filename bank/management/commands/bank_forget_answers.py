"""`manage.py bank_forget_answers`: deletes all expired answers at once."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from bank.api.idempotency_records import forget

MOST_DAYS = 36500


class Command(BaseCommand):
    """Deletes the answers of requests older than so many days; a repeat is then a new request."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        lifetime = settings.IDEMPOTENCY_KEY_LIFETIME / timedelta(days=1)
        parser.add_argument(
            "--days",
            type=float,
            default=lifetime,
            help=f"forget answers older than this, 0 to {MOST_DAYS} (default: %(default)g)",
        )

    def handle(self, *args: Any, days: float, **options: Any) -> None:
        if not 0 <= days <= MOST_DAYS:
            raise CommandError(f"--days is a number from 0 to {MOST_DAYS}.")
        before, count = timezone.now() - timedelta(days=days), 0
        while deleted := forget(before):
            count += deleted
        self.stdout.write(f"{count} stored answers forgotten")
