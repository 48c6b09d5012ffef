"""`python -m runner test NAME`: the tests, on a backend or without any database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from tempfile import TemporaryDirectory

from runner.backends import backend
from runner.terminal import foreground

TOOLS = "tools"
"""In place of a backend's name: the tests in tests/tools, which need no particular database."""


def test(name: str, options: Sequence[str]) -> int:
    """Run pytest with these options, on a server of its own; return its exit code.

    Raises CannotRun for a name that is neither a backend's nor TOOLS.
    """
    # Everything temporary goes in here, also what a test leaves that kills a server with -9, and
    # pytest's own, of which it would keep the last three. A short name: sockets are in it.
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
