"""What the environment says: secrets and addresses, read in one place."""

from __future__ import annotations

import os
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def words(name: str) -> list[str]:
    """The comma-separated words of a variable, without blanks and empty ones."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def require(*names: str) -> None:
    """Raise ImproperlyConfigured naming every variable that is missing, not only the first."""
    if missing := [name for name in names if not os.environ.get(name)]:
        raise ImproperlyConfigured(
            f"A deployed application needs {', '.join(missing)} in its environment."
        )


def database(variable: str, *, engine: str, **options: Any) -> dict[str, Any]:
    """The database at the URL in `variable`, with one lasting connection per thread.

    The driver gets these options, and those that the URL's query names (sslmode, …).

    Connecting costs more than most requests (4–8 ms against 0.3 ms), so connections are kept;
    a kept connection may be dead, so Django checks it once before each request that uses it.
    """
    parsed = dj_database_url.parse(
        url(variable), engine=engine, conn_max_age=None, conn_health_checks=True
    )
    return {**parsed, "OPTIONS": options | parsed.get("OPTIONS", {})}


def url(variable: str) -> str:
    """The URL of a database; raises ImproperlyConfigured saying how to come by one."""
    found = os.environ.get(variable)
    if not found:
        raise ImproperlyConfigured(
            f"{variable} is not set. `make serve` and `make test` start a server and set it; "
            f"for anything else run `python -m backends shell NAME` or set it to your server's URL."
        )
    return found
