"""`manage.py bank_forget_answers`: run it daily, so that stored answers do not pile up."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bank.models import StoredAnswer


class Command(BaseCommand):
    """Deletes the answers of requests older than so many days; a repeat is then a new request."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=float, default=2)

    def handle(self, *args: Any, days: float, **options: Any) -> None:
        old = StoredAnswer.objects.filter(created__lt=timezone.now() - timedelta(days=days))
        count, _ = old.delete()
        self.stdout.write(f"{count} stored answers forgotten")
