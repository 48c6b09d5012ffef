"""The application on DoltLite."""

from __future__ import annotations

import dj_database_url

from settings.database_url import database
from settings.versioned import *  # noqa: F403

dj_database_url.register("doltlite", "versioning.engines.doltlite")

BACKEND = "doltlite"
_bank = database(
    "DOLTLITE_URL",
    "doltlite",
    engine="versioning.engines.doltlite",
    # One transaction writes at a time; the others wait at BEGIN. With DEFERRED, the default,
    # two transactions could read the same row, and the second to write it would be refused
    # without waiting:
    # https://www.sqlite.org/lang_transaction.html#deferred_immediate_and_exclusive_transactions
    transaction_mode="IMMEDIATE",
    timeout=1,  # seconds to wait for another writer; then it is refused, and retried
)
_site = {**_bank, "ENGINE": "backends.doltlite", "NAME": f"{_bank['NAME']}.site"}
DATABASES = {"default": _bank, "site": _site}
