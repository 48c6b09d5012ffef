"""How this program is called, for messages that name a command to type."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def invocation(*words: str) -> str:
    """`.venv/bin/python -m runner WORDS`, with the Python that has what it needs."""
    python = os.environ.get("RUNNER_PYTHON", sys.executable)
    return " ".join([near(python), "-m", "runner", *words])


def near(path: str | Path) -> str:
    """The path, relative where it is below the current directory, absolute elsewhere."""
    relative = os.path.relpath(path)
    return os.path.abspath(path) if relative.startswith("..") else relative
