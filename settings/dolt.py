"""The application on Dolt."""

from __future__ import annotations

from settings.database_url import database
from settings.versioned import *  # noqa: F403

BACKEND = "dolt"
_bank = database(
    "DOLT_URL",
    "mysql",
    engine="versioning.engines.dolt",
    # In Dolt a transaction always sees the data as it was when the transaction began. Django
    # would set READ COMMITTED, which Dolt accepts but does not implement:
    # https://github.com/dolthub/dolt/issues/2007
    isolation_level="repeatable read",
)
_site = {**_bank, "ENGINE": "backends.dolt", "NAME": f"{_bank['NAME']}_site"}
DATABASES = {"default": _bank, "site": _site}
