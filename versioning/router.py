"""A router for the tables that are not versioned: they are in a database of their own, `site`.

A transaction of Dolt's can commit to one branch only. Users, their permissions and sessions, the
admin's log and change requests belong to no branch, and must be the same on all.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, models

SITE = "site"
UNVERSIONED = {"admin", "auth", "contenttypes", "sessions"}  # labels of applications
REQUESTS = {"changerequest", "review"}  # models of this application


class Router:
    """https://docs.djangoproject.com/en/5.2/topics/db/multi-db/#automatic-database-routing"""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        return _database(model._meta.app_label, model._meta.model_name)

    db_for_write = db_for_read

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool:
        return db == _database(app_label, model_name)


def _database(app_label: str, model_name: str | None) -> str:
    ours = app_label == "versioning" and model_name in REQUESTS
    return SITE if app_label in UNVERSIONED or ours else DEFAULT_DB_ALIAS
