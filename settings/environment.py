"""What the environment says: secrets and addresses, read in one place."""

from __future__ import annotations

import hashlib
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


def api_tokens(*, shortest: int = 1) -> dict[str, str]:
    """API_TOKENS as token → name of its client: comma-separated `name:token`, or bare tokens.

    A client may have two tokens, so that one can be replaced without a pause. A bare token is the
    client named after its digest. Raises ImproperlyConfigured for what is not a token, or has less
    than `shortest` characters; no message shows a token.
    """
    found: dict[str, str] = {}
    for number, entry in enumerate(words("API_TOKENS"), 1):
        name, token = _client(entry, f"API_TOKENS, entry {number}:", shortest)
        if found.setdefault(token, name) != name:
            raise ImproperlyConfigured(
                f"API_TOKENS: {found[token]!r} and {name!r} have the same token; give each its own."
            )
    if os.environ.get("API_TOKENS") and not found:
        raise ImproperlyConfigured("API_TOKENS is set, but has no token; add one or unset it.")
    return found


def _client(entry: str, where: str, shortest: int) -> tuple[str, str]:
    """Name and token of one entry."""
    name, colon, token = (part.strip() for part in entry.rpartition(":"))
    if not token or ":" in name or (colon and not name):
        raise ImproperlyConfigured(f"{where} write `name:token`, or a token without a colon.")
    if len(token) < shortest or not all("!" <= character <= "~" for character in token):
        raise ImproperlyConfigured(
            f"{where} a token has at least {shortest} visible ASCII characters; "
            f"`openssl rand -hex 16` makes one."
        )
    return name or hashlib.sha256(token.encode()).hexdigest()[:16], token


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
