"""The application without a database, for tests/containers: theirs run in containers."""

from __future__ import annotations

from settings.base import *  # noqa: F403

BACKEND = "containers"
