"""How this program is called, for messages that name a command to type."""

from __future__ import annotations

import os
import sys


def invocation(*words: str) -> str:
    """`.venv/bin/python -m backends WORDS`, with the Python that has what it needs.

    The path is relative where it is below the current directory.
    """
    python = os.environ.get("BACKENDS_PYTHON", sys.executable)
    near = os.path.relpath(python)
    return " ".join([python if near.startswith("..") else near, "-m", "backends", *words])
