"""compose/NAME.yaml as a user runs it: a database server, migrations and the application."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from runner.compose import Project
from tests.containers.engine import docker, inspected
from tests.serving import Server


class Stack:
    """The containers of one backend, under a project of their own and on a free port."""

    def __init__(self, name: str, directory: Path) -> None:
        self.name = name
        self.http = Server(directory, name)  # never started: the port, and its calls
        project = f"bank-test-{name}-{secrets.token_hex(4)}"
        self.compose = Project(name, project, PORT=str(self.http.port))

    @property
    def project(self) -> str:
        return self.compose.project

    def up(self) -> None:
        """Build the images, start all, and wait until the application is healthy."""
        self._run("up", "--build", "--wait", "--wait-timeout=120")

    def down(self, *options: str) -> None:
        self._run("down", "--timeout=20", *options)

    def _run(self, *words: str) -> None:
        result = self.compose.run(*words, capture_output=True)
        assert result.returncode == 0, result.stdout + result.stderr

    def sh(self, script: str) -> str:
        """Return the output of a shell script in the application's container."""
        return self.compose.read("exec", "--no-TTY", "application", "sh", "-c", script)

    def manage(self, command: str) -> str:
        """Return the output of `manage.py COMMAND` as the owner of the database."""
        run = ("run", "--rm", "--no-TTY", "migrations", "python", "manage.py")
        return self.compose.read(*run, *command.split())

    def application(self) -> dict[str, Any]:
        """Return all that the engine tells about the application's container."""
        [found] = [
            each
            for each in inspected(self.project)
            if each["Config"]["Labels"]["com.docker.compose.service"] == "application"
        ]
        return found

    def image(self) -> str:
        """Return the id of the application's image."""
        return str(self.application()["Image"])

    def in_image(self, script: str) -> list[str]:
        """Return the lines that a script prints in a new container of the image, not read-only."""
        run = ["run", "--rm", "--network=none", "--entrypoint=sh", self.image(), "-c", script]
        return docker(*run).splitlines()
