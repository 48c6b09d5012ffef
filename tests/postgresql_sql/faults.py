"""The errors are those of PostgreSQL."""

from __future__ import annotations

from tests.postgresql.faults import UNREACHABLE, conflict, lost, timed_out

__all__ = ["UNREACHABLE", "conflict", "lost", "timed_out"]
