"""Changes of the schema by tests, where they run as a role that owns nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import connection


def as_owner() -> AbstractContextManager[Any]:
    """Return a context manager that executes its block as the owner of the tables."""
    become: Any = getattr(connection.creation, "as_owner", nullcontext)
    context: AbstractContextManager[Any] = become()
    return context
