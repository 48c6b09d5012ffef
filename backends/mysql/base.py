"""The part of an engine that is the same for all servers that speak MySQL's protocol."""

from __future__ import annotations

from typing import Any

import MySQLdb

from backends.mysql.errors import error_kind
from backends.time_limit import TimeLimit


class Session(TimeLimit):
    """A mixin for Django's MySQL engine: time limits, and a health check without a round trip.

    OPTIONS["limits"] are session variables for connections made under a time limit, that is, by
    requests. Migrations, imports and other commands take as long as they take.
    """

    connection: Any
    error_kind = staticmethod(error_kind)
    too_late = (2003, *TimeLimit.too_late)  # CR_CONN_HOST_ERROR

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        limits = params.pop("limits", {})
        if limits and self.has_time_limit:
            assignments = ", ".join(f"{name} = {value}" for name, value in limits.items())
            params["init_command"] = f"SET SESSION {assignments}"
        return params

    def is_usable(self) -> bool:
        """Whether the connection's socket is open, with no unread message of the server."""
        try:
            return self.is_connected(self.connection.fileno())
        except MySQLdb.Error:
            return False
