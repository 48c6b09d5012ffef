"""`python -m runner copy SOURCE TARGET`: all of the bank's data from one backend to another."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runner.backend import Backend
from runner.child import die_with_parent
from runner.errors import CannotRun
from runner.kept import kept_server
from runner.manage import manage
from runner.processes import ROOT


def copy(source: Backend, target: Backend, data: Path, *, discard: bool = False) -> None:
    """Copy the data that `make serve` keeps under data/NAME, or the data at NAME_URL.

    The target must be empty; at the end its content is compared by hash. A target whose copy was
    interrupted can only be used by another copy into it, which deletes the data there first: always
    if we started the server, because nobody else can have written; at NAME_URL only with `discard`.
    """
    if source is target:
        raise CannotRun(f"{source.name} cannot be copied into itself: name two backends.")
    with _bank(source, data) as source_environment, _bank(target, data) as target_environment:
        manage(source, source_environment, "migrate", "--verbosity", "0")
        manage(target, target_environment, "migrate", "--verbosity", "0", "--skip-checks")
        print(f"{source.name} → {target.name}: copying all records", flush=True)
        export = _start(source, "bank_export", env=source_environment, stdout=subprocess.PIPE)
        load = _start(
            target,
            "bank_import",
            *_options(target, discard),
            env=target_environment,
            stdin=export.stdout,
        )
        if export.stdout:
            export.stdout.close()  # so that it notices if the import ends
        if load.wait() + export.wait():
            raise CannotRun("The copy was not finished; the reason is above.")


def _options(target: Backend, discard: bool) -> list[str]:
    own = not target.given_url
    return ["--discard"] if own or discard else []


@contextmanager
def _bank(backend: Backend, data: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of child processes on this backend, whose server runs in the block."""
    with kept_server(backend, data / backend.name) as url:
        yield backend.environment(url)


def _start(backend: Backend, *command: str, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [str(backend.python()), "manage.py", *command],
        cwd=ROOT,
        preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        **options,
    )
