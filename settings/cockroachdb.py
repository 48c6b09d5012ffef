"""The application on CockroachDB."""

from __future__ import annotations

from django.db.backends.postgresql.psycopg_any import IsolationLevel

from settings.base import *  # noqa: F403
from settings.base import SERVER_LIMITS
from settings.environment import database

BACKEND = "cockroachdb"
DATABASES = {
    "default": database(
        "COCKROACHDB_URL",
        "postgresql",
        "postgres",
        "cockroach",
        engine="backends.cockroachdb",
        # Its default; said here because a cluster, a role or a database may have another one:
        # https://www.cockroachlabs.com/docs/stable/read-committed
        isolation_level=IsolationLevel.SERIALIZABLE,
        limits=SERVER_LIMITS,
    )
}
DISABLE_COCKROACHDB_TELEMETRY = True  # the engine would count itself in the server's statistics
