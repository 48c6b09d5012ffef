"""Runs commands of manage.py on a backend."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from runner.backend import Backend
from runner.errors import CannotRun
from runner.kept import DATA, is_empty, shared_server
from runner.processes import ROOT, running
from runner.terminal import in_terminal
from settings.invocation import invocation, near

# For an unfinished copy. The second may continue it; the last one makes the database.
CHECKS_ITSELF = (["migrate"], ["bank_import"], ["dolt", "clone"])


def manage(
    backend: Backend, environment: Mapping[str, str], *words: str, output: int | None = None
) -> None:
    """Run a manage.py command on this backend; raise SystemExit if it fails (it prints why)."""
    with running(  # killed without a traceback when we are interrupted
        _command(backend, words), env=environment, stdout=output, stop_signal=signal.SIGKILL
    ) as child:
        code = child.wait()
    if code < 0:
        raise CannotRun(f"`manage.py {words[0]}` was ended by signal {-code}. Start again.")
    if code:
        sys.exit(code)


def manage_in_terminal(backend: Backend, data: Path, words: Sequence[str]) -> int:
    """Run a command that a user typed, as the database's owner; return its exit code.

    The database is the one that `serve` keeps in `data`, whether it is running or not, or the one
    at NAME_URL. Raises CannotRun if there is no data yet; fails, like `serve`, if a copy into the
    database was not finished.
    """
    name = words[0] if words else "help"
    if not backend.given_url and name != "migrate" and is_empty(data):
        raise CannotRun(
            f"There is no data in {near(data)}: `make serve BACKEND={backend.name}` creates it, "
            f"or `{example(backend, data, 'migrate')}`."
        )
    with shared_server(backend, data) as url:
        environment = backend.environment(url)
        if not any([*words[: len(own)]] == own for own in CHECKS_ITSELF):
            manage(
                *(backend, environment, "check", "--tag", "database", "--database", "default"),
                output=subprocess.DEVNULL,
            )
        return in_terminal(_command(backend, words), environment)


def example(backend: Backend, data: Path, *words: str) -> str:
    """Return the command to type for `manage.py WORDS` on the database in `data`."""
    place = [] if data == DATA / backend.name else ["--data", near(data)]
    return invocation("manage", *place, backend.name, *words)


def _command(backend: Backend, words: Sequence[str]) -> list[str]:
    return [str(backend.python()), str(ROOT / "manage.py"), *words]
