"""What one backend needs more than requirements.txt, installed when it is first used."""

from __future__ import annotations

import fcntl
import re
import subprocess
import sys
import venv
from pathlib import Path

from runner.errors import CannotRun, ServerUnavailable
from runner.processes import ROOT

# What pip says before "No matching distribution", where the reason is that no index answers.
UNREACHABLE = re.compile(r"connection broken by.*No matching distribution", re.DOTALL)


def install(name: str, *, apart: bool = False, system: str | None = None) -> Path:
    """Install backends/NAME/requirements.txt; return the Python that has them.

    That is this one, or with `apart` one of a virtual environment of its own, for packages that
    contradict those of requirements.txt: their list must then be complete. Quick when it is done.
    `system` is the command that brings what pip needs to build them; where pip fails
    ServerUnavailable names it.
    """
    requirements = ROOT / "backends" / name / "requirements.txt"
    home = ROOT / "build" / f"{name}-venv" if apart else Path(sys.prefix)
    python = home / "bin" / "python" if apart else Path(sys.executable)
    if not requirements.exists():
        return python
    done = home / f"bank-{name}.txt"  # a copy of what was installed last
    home.mkdir(parents=True, exist_ok=True)
    with open(home / "bank.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would spoil each other's work
        if not done.exists() or done.read_bytes() != requirements.read_bytes():
            print(f"{name}: installing backends/{name}/requirements.txt (once)", flush=True)
            if apart and not python.exists():
                venv.create(home, with_pip=True)
            _pip(python, requirements, ["--no-deps"] if apart else [], system)
            done.write_bytes(requirements.read_bytes())
    return python


def _pip(python: Path, requirements: Path, options: list[str], system: str | None) -> None:
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", *options]
    command = [str(python), *pip, "-r", str(requirements)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        print(result.stderr, file=sys.stderr)
        if UNREACHABLE.search(result.stderr):
            raise CannotRun(
                "pip cannot reach its package index: connect to the network (or set PIP_PROXY or "
                "PIP_INDEX_URL), and try again."
            )
        raise ServerUnavailable(
            f"What pip needs for {requirements.relative_to(ROOT)}",
            system or f"pip install -r {requirements.relative_to(ROOT)}",
        )
