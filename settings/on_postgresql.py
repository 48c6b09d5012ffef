"""A database on PostgreSQL, with the options that settings/postgresql*.py share."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql.psycopg_any import IsolationLevel, is_psycopg3

from settings.base import SERVER_LIMITS
from settings.database_url import database

# The server prepares a statement that is repeated, and from then on only executes it. psycopg2,
# which Django uses if psycopg 3 is not installed, cannot do that.
PREPARED = {"server_side_binding": True, "prepare_threshold": 3} if is_psycopg3 else {}
# In requests, the API's and the admin's, a query has the same plan for any values: planning a page
# of orders took longer than executing it. Without values the planner overestimates ranges, and
# would join with whole tables; reading those conflicts with every insert, too.
# https://www.postgresql.org/docs/18/runtime-config-query.html
PLANS = {"plan_cache_mode": "force_generic_plan"} | {
    f"enable_{join}": "off" for join in ("hashjoin", "mergejoin", "material", "memoize")
}


def on_postgresql(variable: str, engine: str) -> dict[str, Any]:
    """Return the entry of DATABASES for the URL in this environment variable."""
    return database(
        variable,
        "postgresql",
        "postgres",
        engine=engine,
        # Transactions whose result no serial order could have are refused with 40001 and retried:
        # https://www.postgresql.org/docs/18/transaction-iso.html#XACT-SERIALIZABLE
        isolation_level=IsolationLevel.SERIALIZABLE,
        application_name="bank",  # in pg_stat_activity, and in the audit of postgresql_sql
        # A sequential scan counts as a read of the whole table, so it conflicts with every insert;
        # the planner prefers it for small tables. An index scan counts page by page:
        # https://www.postgresql.org/docs/18/transaction-iso.html (at the end of 13.2.3)
        options="-c enable_seqscan=off",
        limits=SERVER_LIMITS | PLANS,
        **PREPARED,
    )
