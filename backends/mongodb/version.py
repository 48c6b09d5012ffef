"""The version of the server, for the engines of both mongodb and djongo."""

from __future__ import annotations

from typing import Any


def server_version(connection: Any) -> str:
    """Return product and version, e.g. "SecantusDB 0.7.0b3 speaking MongoDB 8.2.11"."""
    with connection.wrap_database_errors:
        info = connection.database.command("buildInfo")
    stand_in = info.get("secantusVersion")
    return f"{f'SecantusDB {stand_in} speaking ' if stand_in else ''}MongoDB {info['version']}"
