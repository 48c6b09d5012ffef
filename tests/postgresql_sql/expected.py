"""The cells that are not `yes` are PostgreSQL's: see tests/guarantees/expected.py."""

from __future__ import annotations

from tests.postgresql.expected import CELLS

__all__ = ["CELLS"]
