"""CockroachDB speaks PostgreSQL's protocol: its refusals look the same."""

from __future__ import annotations

from tests.postgresql.faults import conflict, lost

__all__ = ["conflict", "lost"]
