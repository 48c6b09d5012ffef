"""Installs the packages of a backend when it is first used."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import venv
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from runner.errors import CannotRun, ServerUnavailable
from runner.processes import ROOT

SERVING, TESTS = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
UNREACHABLE = "error sending request"  # printed by uv if no package index responds


def install(
    name: str, *, own: bool = False, system: str | None = None, tests: bool = False
) -> Path:
    """Install backends/NAME/requirements.txt unless it is installed; return the Python that has it.

    That is the running Python, which has requirements.txt, and must have requirements-dev.txt for
    `tests`. With `own` it is that of build/NAME-venv, for packages that conflict with another
    backend's: it gets all of these files, and their versions override those that packages ask for.
    Raises CannotRun if no package index responds, and ServerUnavailable, with the command `system`
    for the system packages that a build needs, if the packages cannot be installed.
    """
    own_file = ROOT / "backends" / name / "requirements.txt"
    if own:
        home = ROOT / "build" / f"{name}-venv"
        files = [SERVING, *([TESTS] if tests else []), own_file]
        overrides = [f"--override={SERVING}", f"--override={own_file}"]
        _install_once(home, files, overrides, system)
        return home / "bin" / "python"
    if tests and not find_spec("pytest"):
        raise CannotRun("Tests need requirements-dev.txt: `make dev` installs it.")
    if own_file.exists():
        _install_once(Path(sys.prefix), [own_file], [], system)
    return Path(sys.executable)


def _install_once(
    home: Path, files: Sequence[Path], options: Sequence[str], system: str | None
) -> None:
    """Install the files in a virtual environment, unless they have not changed since."""
    names = [str(file.relative_to(ROOT)) for file in files]
    done = home / f"{'+'.join(names).replace('/', '-')}.installed"
    wanted = "".join(file.read_text() for file in files)
    home.mkdir(parents=True, exist_ok=True)
    with open(home / "packages.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # for one process at a time
        if not done.exists() or done.read_text() != wanted:
            print(f"installing {' and '.join(names)} (once)", flush=True)
            if not (home / "bin" / "python").exists():
                venv.create(home)
            _uv(home, [*options, *(f"--requirements={file}" for file in files)], system)
            done.write_text(wanted)


def _uv(home: Path, words: Sequence[str], system: str | None) -> None:
    """Run `uv pip install`, and print its output while it runs: downloads may take long."""
    command = [sys.executable, "-m", "uv", "pip", "install", f"--python={home}"]
    printed = ""
    with subprocess.Popen([*command, *words], stderr=subprocess.PIPE, text=True) as child:
        for line in child.stderr or ():
            print(line, end="", file=sys.stderr, flush=True)
            printed += line
    if child.returncode and UNREACHABLE in printed:
        raise CannotRun(
            "uv cannot reach its package index: connect to the network (or set HTTPS_PROXY or "
            "UV_DEFAULT_INDEX; it does not read pip's configuration), and try again."
        )
    if child.returncode:
        raise ServerUnavailable(
            "Everything needed to install these packages",
            system or " ".join([*command, *words]),
        )
