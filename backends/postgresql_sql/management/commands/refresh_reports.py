"""`manage.py refresh_reports`: computes the ranking of the best sellers again."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand
from django.db import connection


class Command(BaseCommand):
    """Computes the best sellers again; readers see the old ones until it is done."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reports.refresh()")
