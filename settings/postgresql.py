"""The application on PostgreSQL."""

from __future__ import annotations

from django.db.backends.postgresql.psycopg_any import IsolationLevel, is_psycopg3

from settings.base import *  # noqa: F403
from settings.base import SERVER_LIMITS
from settings.environment import database

BACKEND = "postgresql"
# A statement that comes again is prepared by the server, and only executed from then on. psycopg2,
# which Django takes where psycopg 3 is not installed, cannot do that.
PREPARED = {"server_side_binding": True, "prepare_threshold": 3} if is_psycopg3 else {}
DATABASES = {
    "default": database(
        "POSTGRESQL_URL",
        "postgresql",
        "postgres",
        engine="backends.postgresql",
        # What cannot have happened one after the other is refused with 40001 and run again:
        # https://www.postgresql.org/docs/18/transaction-iso.html#XACT-SERIALIZABLE
        isolation_level=IsolationLevel.SERIALIZABLE,
        # A sequential scan counts as having read the whole table, so whoever inserts into it is in
        # conflict; on small tables the planner prefers one. An index is read page by page:
        # https://www.postgresql.org/docs/18/transaction-iso.html (at the end of 13.2.3)
        options="-c enable_seqscan=off",
        limits=SERVER_LIMITS,
        **PREPARED,
    )
}
