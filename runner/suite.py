"""`python -m runner test NAME`: runs the tests on a backend, or those that need none."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from runner import compose
from runner.backends import backend
from runner.errors import CannotRun, ServerUnavailable
from runner.processes import log_file
from runner.terminal import foreground

TOOLS = "tools"
"""Used like a backend's name: the tests in tests/tools, which need no particular database."""
CONTAINERS = "containers"
"""Used like a backend's name: the tests in tests/containers, which need a Docker engine."""


def test(name: str, options: Sequence[str]) -> int:
    """Run pytest with these options, on a new server; return its exit code.

    Raises CannotRun for a name that is not a backend's, TOOLS or CONTAINERS.
    """
    # For all temporary files: those of tests that kill a server with -9, and pytest's own, which
    # it would keep for three runs. The name is short because a socket's path is limited.
    with TemporaryDirectory(prefix="b-") as directory:
        pytest = ["-m", "pytest", f"--basetemp={directory}/pytest", *options]
        if name in (TOOLS, CONTAINERS):
            command = [str(backend("postgresql").python(tests=True)), *pytest]
            own = {"DJANGO_SETTINGS_MODULE": f"tests.{name}.settings", "TMPDIR": directory}
            return foreground(command, os.environ | own)
        one = backend(name)
        command = [str(one.python(tests=True)), *pytest]
        with one.server() as url:
            return foreground(command, one.environment(url) | {"TMPDIR": directory})


def test_in_docker(name: str, options: Sequence[str], report: Path | None = None) -> int:
    """Run pytest with these options in a container of compose/NAME.yaml; return its exit code.

    The directory `report` is /report in the container. The database server runs in another
    container. It is new, and deleted at the end. Raises ServerUnavailable if there is no Docker
    engine or an image cannot be pulled.
    """
    if command := compose.missing():
        raise ServerUnavailable("A Docker engine", command)
    project = compose.Project(backend(name).name, f"bank-{name}-{secrets.token_hex(4)}")
    project.pull()
    with project.stopped(log_file(f"{name}-containers", None), forget=True):
        if project.run("build", "tests").returncode:
            raise CannotRun(f"The image of compose/{name}.yaml's tests could not be built.")
        mounts = [f"--volume={report.absolute()}:/report"] if report else []
        return project.run_once("tests", *options, mounts=mounts)
