"""`python -m runner test NAME`: runs the tests on a backend, or those of the tools."""

from __future__ import annotations

import os
from collections.abc import Sequence
from tempfile import TemporaryDirectory

from runner.backends import backend
from runner.terminal import foreground

TOOLS = "tools"
"""Used like a backend's name: the tests in tests/tools, which need no particular database."""


def test(name: str, options: Sequence[str]) -> int:
    """Run pytest with these options, on a new server; return its exit code.

    Raises CannotRun for a name that is neither a backend's nor TOOLS.
    """
    # For all temporary files: those of tests that kill a server with -9, and pytest's own, which
    # it would keep for three runs. The name is short because a socket's path is limited.
    with TemporaryDirectory(prefix="b-") as directory:
        pytest = ["-m", "pytest", f"--basetemp={directory}/pytest", *options]
        if name == TOOLS:
            command = [str(backend("postgresql").python(tests=True)), *pytest]
            own = {"DJANGO_SETTINGS_MODULE": "tests.tools.settings", "TMPDIR": directory}
            return foreground(command, os.environ | own)
        one = backend(name)
        command = [str(one.python(tests=True)), *pytest]
        with one.server() as url:
            return foreground(command, one.environment(url) | {"TMPDIR": directory})
