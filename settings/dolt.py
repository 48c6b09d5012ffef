"""The application on Dolt."""

from __future__ import annotations

from settings.base import *  # noqa: F403
from settings.base import INSTALLED_APPS
from settings.database_url import database

BACKEND = "dolt"
INSTALLED_APPS = [*INSTALLED_APPS, "versioning"]
DATABASES = {
    "default": database(
        "DOLT_URL",
        "mysql",
        engine="backends.dolt",
        # In Dolt a transaction always sees the data as it was when the transaction began. Django
        # would set READ COMMITTED, which Dolt accepts but does not implement:
        # https://github.com/dolthub/dolt/issues/2007
        isolation_level="repeatable read",
    )
}
