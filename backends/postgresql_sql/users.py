"""The user that the application connects as; schema/users.sql has created it."""

from __future__ import annotations

from backends.postgresql.roles import restricted as restrict

__all__ = ["restrict"]
