"""What the models of Dolt's system tables have in common."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, models


def alias_of(row: models.Model, using: str | None = None) -> str:
    """Return the database that is asked for, or the one that the row was read from."""
    return using or row._state.db or DEFAULT_DB_ALIAS
