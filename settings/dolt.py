"""The application on Dolt."""

from __future__ import annotations

from settings.base import *  # noqa: F403
from settings.environment import database

BACKEND = "dolt"
DATABASES = {
    "default": database(
        "DOLT_URL",
        "mysql",
        engine="backends.dolt",
        # A transaction sees the data as it was when it began, whatever one asks for. Django would
        # ask for READ COMMITTED, which Dolt accepts and does not do:
        # https://github.com/dolthub/dolt/issues/2007
        isolation_level="repeatable read",
    )
}
