"""The Django application `versioning`."""

from __future__ import annotations

from django.apps import AppConfig


class Versioning(AppConfig):
    name = "versioning"
    verbose_name = "version control"

    def ready(self) -> None:
        from versioning.api import routes  # noqa: F401 - it adds the routes
