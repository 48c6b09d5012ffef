"""The user that the application connects as, if we start the server or its container."""

from __future__ import annotations

from backends.mysql.driver import least_privilege


def restrict(url: str, password: str | None = None) -> str:
    """Return the URL of a user who can read and change rows."""
    return least_privilege(url, password=password)
