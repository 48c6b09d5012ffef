"""The command line of this program, for messages that name a command to type."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def invocation(*words: str) -> str:
    """Return `.venv/bin/python -m runner WORDS`, with the Python that has the needed packages."""
    python = os.environ.get("RUNNER_PYTHON", sys.executable)
    return " ".join([near(python), "-m", "runner", *words])


def near(path: str | Path) -> str:
    """Return the path, relative if it is below the current directory, else absolute."""
    relative = os.path.relpath(path)
    return os.path.abspath(path) if relative.startswith("..") else relative
