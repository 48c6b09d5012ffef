"""The same servers as of `postgresql`; `migrate` creates the schema."""

from __future__ import annotations

from dataclasses import replace

from backends.postgresql import server
from backends.postgresql_sql.users import restrict

BACKEND = replace(server.BACKEND, name="postgresql_sql", restrict=restrict)
