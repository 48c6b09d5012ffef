"""The backends there are. One name each: the settings module, the room, the row of the matrix."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from backends import docker, packages
from backends.errors import CannotRun, NotHere
from backends.providers import Provider


@dataclass(frozen=True)
class Backend:
    """A database that the application runs on."""

    name: str

    @property
    def settings(self) -> str:
        return f"settings.{self.name}"

    @property
    def url_variable(self) -> str:
        return f"{self.name.upper()}_URL"

    @property
    def room(self) -> Any:
        """The package backends.NAME: PROVIDERS and server_version(connection).

        It may have environment(), more variables for children that run the application;
        SYSTEM_PACKAGES, the command that brings what pip needs to build its requirements.txt; and
        APART = True, where these go into a virtual environment of their own.
        """
        return import_module(f"backends.{self.name}")

    def python(self) -> Path:
        """The Python that has the packages of this backend, installed if need be; or NotHere."""
        apart = getattr(self.room, "APART", False)
        system = getattr(self.room, "SYSTEM_PACKAGES", None)
        return packages.install(self.name, apart=apart, system=system)

    def provider(self) -> Provider:
        """The first way to have a server that works here; NotHere has a command that adds one."""
        missing = [provider.missing() for provider in self.room.PROVIDERS]
        for provider, lacks in zip(self.room.PROVIDERS, missing, strict=True):
            if lacks is None:
                return provider
        # Starting a Docker that is installed is less than any download.
        command = docker.START if docker.START in missing else next(filter(None, missing))
        raise NotHere(f"A server for {self.name}", command)

    def environment(self, url: str) -> dict[str, str]:
        """This process's environment, for a child that runs the application on this server."""
        additions: dict[str, str] = getattr(self.room, "environment", dict)()
        variables = {"DJANGO_SETTINGS_MODULE": self.settings, self.url_variable: url}
        return os.environ | variables | additions

    def least_privilege(self, url: str) -> str:
        """The URL the application is to serve with: of a user that can only do what it does.

        Where the room knows how to make one, on a server of our own; a URL from the environment
        is the operator's choice.
        """
        make = getattr(self.room, "least_privilege", None)
        return make(url) if make and not os.environ.get(self.url_variable) else url

    @contextmanager
    def server(self, data: Path | None = None) -> Iterator[str]:
        """The URL of a running server: the one the environment names, or one of our own.

        Our own lives for the length of the block. Without `data` it starts empty and leaves
        nothing behind; with it, what was written is there at the next start.
        """
        if url := os.environ.get(self.url_variable):
            yield url
            return
        provider = self.provider()
        self.python()  # a server may come with them, or be asked through them
        with provider.server(data) as url:
            yield url


BACKENDS = {
    name: Backend(name)
    for name in ("postgresql", "cockroachdb", "dolt", "doltlite", "mongodb", "djongo")
}


def chosen() -> str:
    """The name in BACKEND, postgresql where it is not set. It may be that of no backend."""
    return os.environ.get("BACKEND") or "postgresql"


def choose_settings() -> str:
    """Set DJANGO_SETTINGS_MODULE, where it is not set, to that of BACKEND; what it is now.

    Raises CannotRun where there is no such backend.
    """
    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        os.environ["DJANGO_SETTINGS_MODULE"] = backend(chosen()).settings
    return os.environ["DJANGO_SETTINGS_MODULE"]


def backend(name: str) -> Backend:
    """The backend of this name; CannotRun names the ones there are."""
    if name not in BACKENDS:
        raise CannotRun(f"There is no backend {name!r}; there is: {', '.join(BACKENDS)}.")
    return BACKENDS[name]
