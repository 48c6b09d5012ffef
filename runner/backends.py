"""The backends: every package in backends/ that has a server.py."""

from __future__ import annotations

from importlib import import_module

from runner.backend import Backend
from runner.errors import CannotRun
from settings import NAMES, unknown


def backend(name: str) -> Backend:
    """Return the backend of this name; raise CannotRun, with all names, if there is none."""
    if name not in NAMES:
        raise CannotRun(unknown(name))
    found: Backend = import_module(f"backends.{name}.server").BACKEND
    return found
