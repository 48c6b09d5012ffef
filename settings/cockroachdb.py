"""The application on CockroachDB."""

from __future__ import annotations

from django.db.backends.postgresql.psycopg_any import IsolationLevel

from settings.base import *  # noqa: F403
from settings.base import SERVER_LIMITS
from settings.database_url import database

BACKEND = "cockroachdb"
DATABASES = {
    "default": database(
        "COCKROACHDB_URL",
        "postgresql",
        "postgres",
        "cockroach",
        engine="backends.cockroachdb",
        # CockroachDB's default, which a cluster, a role or a database may change:
        # https://www.cockroachlabs.com/docs/stable/read-committed
        isolation_level=IsolationLevel.SERIALIZABLE,
        limits=SERVER_LIMITS,
    )
}
DISABLE_COCKROACHDB_TELEMETRY = True  # else the engine reports its use to the server's telemetry
