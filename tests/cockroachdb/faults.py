"""CockroachDB speaks PostgreSQL's protocol: its refusals look the same."""

from __future__ import annotations

from tests.postgresql.faults import conflict, lost, timed_out

__all__ = ["conflict", "lost", "timed_out"]
