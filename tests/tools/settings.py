"""The application without a database, for tests/tools: a test that executes a query fails."""

from __future__ import annotations

from settings.base import *  # noqa: F403

BACKEND = "tools"
