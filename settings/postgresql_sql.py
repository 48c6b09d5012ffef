"""The application on PostgreSQL whose schema is in SQL files, as a role that owns nothing."""

from __future__ import annotations

from settings.base import *  # noqa: F403
from settings.base import API_MIDDLEWARE, INSTALLED_APPS, MIDDLEWARE
from settings.environment import variable
from settings.on_postgresql import on_postgresql

BACKEND = "postgresql_sql"
INSTALLED_APPS = ["backends.postgresql_sql", *INSTALLED_APPS]
API_MIDDLEWARE = [*API_MIDDLEWARE, "backends.postgresql_sql.person.Person"]
MIDDLEWARE = [*MIDDLEWARE, "backends.postgresql_sql.person.Person"]
DATABASES = {
    "default": on_postgresql("POSTGRESQL_SQL_URL", "backends.postgresql_sql")
    | {"TEST": {"PASSWORD": variable("APPLICATION_PASSWORD")}}  # of tests in containers
}
# Tables are made by schema/database.sql and changed by schema/patches.
MIGRATION_MODULES = dict.fromkeys(["bank", "admin", "auth", "contenttypes", "sessions"])
