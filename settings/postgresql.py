"""The application on PostgreSQL."""

from __future__ import annotations

from settings.base import *  # noqa: F403
from settings.on_postgresql import on_postgresql

BACKEND = "postgresql"
DATABASES = {"default": on_postgresql("POSTGRESQL_URL", "backends.postgresql")}
