"""The application on DoltLite."""

from __future__ import annotations

import dj_database_url

from settings.base import *  # noqa: F403
from settings.base import INSTALLED_APPS
from settings.database_url import database

dj_database_url.register("doltlite", "backends.doltlite")

BACKEND = "doltlite"
INSTALLED_APPS = [*INSTALLED_APPS, "versioning"]
DATABASES = {
    "default": database(
        "DOLTLITE_URL",
        "doltlite",
        engine="backends.doltlite",
        # One transaction writes at a time; the others wait at BEGIN. With DEFERRED, the default,
        # two transactions could read the same row, and the second to write it would be refused
        # without waiting:
        # https://www.sqlite.org/lang_transaction.html#deferred_immediate_and_exclusive_transactions
        transaction_mode="IMMEDIATE",
        timeout=1,  # seconds to wait for another writer; then it is refused, and retried
    )
}
