"""The application on MariaDB."""

from __future__ import annotations

from settings.base import *  # noqa: F403
from settings.base import SERVER_LIMITS
from settings.database_url import database

BACKEND = "mariadb"
STATEMENT, LOCK, IDLE = (milliseconds // 1000 for milliseconds in SERVER_LIMITS.values())
DATABASES = {
    "default": database(
        "MARIADB_URL",
        "mysql",
        engine="backends.mariadb",
        # The others lose updates (docs/mariadb.md): https://jepsen.io/analyses/mysql-8.0.34
        isolation_level="serializable",
        limits={
            "max_statement_time": STATEMENT,
            **dict.fromkeys(["innodb_lock_wait_timeout", "lock_wait_timeout"], LOCK),
            "idle_transaction_timeout": IDLE,
        },
    )
}
