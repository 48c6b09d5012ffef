"""The application on DoltLite."""

from __future__ import annotations

import dj_database_url

from settings.base import *  # noqa: F403
from settings.environment import database

dj_database_url.register("doltlite", "backends.doltlite")

BACKEND = "doltlite"
DATABASES = {
    "default": database(
        "DOLTLITE_URL",
        "doltlite",
        engine="backends.doltlite",
        # One transaction writes at a time, the others wait here. DEFERRED, the default, would let
        # two read what both will write, and refuse one of them only then, without waiting:
        # https://www.sqlite.org/lang_transaction.html#deferred_immediate_and_exclusive_transactions
        transaction_mode="IMMEDIATE",
        timeout=1,  # seconds; then it is refused, and run again
    )
}
