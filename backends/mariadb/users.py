"""The user that the application connects as, if we start the server or its container."""

from __future__ import annotations

from backends.mysql.driver import least_privilege as restrict

__all__ = ["restrict"]
