"""The environment variable NAME_URL, the URL of a backend's database, as a Django database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from settings import environment
from settings.invocation import invocation

SERVER = "://user:password@host/bank"
EXAMPLES = {"doltlite": "doltlite:////srv/bank/bank.db"}


def database(variable: str, *schemes: str, engine: str, **options: Any) -> dict[str, Any]:
    """Return the entry of DATABASES for the URL in `variable`, with persistent connections.

    The driver gets `options` and the parameters of the URL's query (sslmode, …); a parameter
    overrides the option with its name.

    Connecting takes longer than most requests (4–8 ms against 0.3 ms), so each thread keeps its
    connection. Django checks before each request that uses it whether it is still alive.
    """
    parsed = dj_database_url.parse(
        url(variable, *schemes), engine=engine, conn_max_age=None, conn_health_checks=True
    )
    return {**parsed, "OPTIONS": options | parsed.get("OPTIONS", {})}


def url(variable: str, *schemes: str) -> str:
    """Return the URL of the database in `variable`, or in the file that `variable`_FILE names.

    Raises ImproperlyConfigured if it is not set, or not such a URL. No message shows the URL,
    because it may contain a password.
    """
    found = environment.variable(variable)
    if not found:
        backend = variable.removesuffix("_URL").lower()
        raise ImproperlyConfigured(
            f"{variable} is not set. `{invocation('manage', backend, 'COMMAND')}` runs a command "
            f"on the data of `make serve BACKEND={backend}`. To use another database, set "
            f"BACKEND={backend} and {variable} to its URL."
        )
    if wrong := _wrong(found, schemes):
        raise ImproperlyConfigured(
            f"{variable}: {wrong}. It is like {EXAMPLES.get(schemes[0], schemes[0] + SERVER)}"
        )
    return found


def _wrong(found: str, schemes: Sequence[str]) -> str | None:
    """Return why this is not the URL of a database, or None if it is one."""
    try:
        parts = urlsplit(found)
        hosts = parts.netloc.rpartition("@")[2]
        several = hosts.split(",") if parts.scheme == "mongodb" else [hosts]
        addresses = [urlsplit(f"//{host}") for host in several]
        ports = [address.port for address in addresses]
        names = [unquote(address.hostname or "") for address in addresses]
        for name in names:
            name.encode("utf-8" if name.startswith("/") else "idna")  # a socket, or a host
        found.encode()
    except ValueError:
        return "its host or its port (1 to 65535) is not one; write other characters as %XX"
    if not found.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        return f"it does not begin with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    if 0 in ports:
        return "a port is 1 to 65535"
    return None if parts.path.strip("/") else "it names no database; write # and ? as %23 and %3F"
