"""One module per backend: `settings.NAME` runs the application on NAME."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
NAMES = sorted(file.parent.name for file in (ROOT / "backends").glob("*/server.py"))
"""The names of the backends: every package in backends/ that has a server.py."""


def chosen() -> str:
    """Return the value of BACKEND, postgresql if it is not set. It is not checked."""
    return os.environ.get("BACKEND") or "postgresql"


def choose() -> str:
    """Set DJANGO_SETTINGS_MODULE, unless it is set, to the module of BACKEND; return its value.

    Raises ImproperlyConfigured if there is no such backend.
    """
    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        if chosen() not in NAMES:
            raise ImproperlyConfigured(unknown(chosen()))
        os.environ["DJANGO_SETTINGS_MODULE"] = f"settings.{chosen()}"
    return os.environ["DJANGO_SETTINGS_MODULE"]


def unknown(name: str) -> str:
    """Return the message for a name that is not a backend's."""
    return f"There is no backend {name!r}; there is: {', '.join(NAMES)}."
