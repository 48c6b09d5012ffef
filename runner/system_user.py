"""Runs servers that refuse to run as root as a system user, which owns their directories."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
from pathlib import Path

from runner.child import die_with_parent, identity
from runner.errors import CannotRun

SYSTEM_USER = "nobody" if os.geteuid() == 0 else None
"""The user that such a server runs as; None for the current user."""


def run_as_system_user(program: Path, *arguments: str | Path) -> None:
    """Run a program until it ends; raise CannotRun with its first line of output if it fails."""
    command = [str(word) for word in (program, *arguments)]
    result = subprocess.run(
        command,
        cwd="/",
        capture_output=True,
        text=True,
        preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        **identity(SYSTEM_USER),
    )
    if result.returncode:
        said = (result.stderr or result.stdout).strip().partition("\n")[0]
        raise CannotRun(f"{program.name} failed: {said}")


def own_directory(directory: Path) -> None:
    """Create a directory that is owned by the server's user and closed to others."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    let_pass(directory)
    if SYSTEM_USER:
        shutil.chown(directory, SYSTEM_USER)


def let_pass(directory: Path) -> None:
    """As root, let the server's user pass through the parent directories; print each change."""
    for parent in directory.resolve().parents if SYSTEM_USER else ():
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            print(f"{parent}: added o+x, because the server runs as {SYSTEM_USER}, not as root.")
            parent.chmod(mode | stat.S_IXOTH)
