"""The owner of the tables, where the tests or the served application own nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any
from urllib.parse import urlsplit

from django.db import connection


def as_owner() -> AbstractContextManager[Any]:
    """Return a context manager that executes its block as the owner of the tables."""
    become: Any = getattr(connection.creation, "as_owner", nullcontext)
    context: AbstractContextManager[Any] = become()
    return context


def owner_url(url: str) -> str:
    """Return the URL of the superuser of a PostgreSQL server that `serve` has started."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"postgres@{parts.netloc.rpartition('@')[2]}").geturl()
