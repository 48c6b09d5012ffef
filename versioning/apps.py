"""The Django application `versioning`."""

from __future__ import annotations

from django.apps import AppConfig


class Versioning(AppConfig):
    name = "versioning"
    verbose_name = "version control"
