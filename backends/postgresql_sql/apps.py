"""The Django application of this backend: reports, and `migrate` by SQL files."""

from __future__ import annotations

from django.apps import AppConfig


class Reports(AppConfig):
    name = "backends.postgresql_sql"
    label = "reports"
    verbose_name = "reports"
