"""DoltLite: Dolt's storage behind SQLite's interface, a library in a wheel; the data is a file."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from runner.backend import Backend, Provider
from runner.errors import CannotRun
from runner.processes import log_file, running

COLLECTOR = Path(__file__).parent / "collect.py"


def environment() -> dict[str, str]:
    """Return the environment in which a child process loads DoltLite instead of SQLite.

    `import doltlite` comes too late if sqlite3 is already loaded. It then restarts the process,
    which breaks pytest and granian's workers:
    https://github.com/dolthub/doltlite-python#re-exec-caveats
    """
    preloaded = os.environ.get("LD_PRELOAD", "").split()
    others = [library for library in preloaded if library != str(_library())]
    return {"LD_PRELOAD": " ".join([str(_library()), *others])}


def _library() -> Path:
    wheel = find_spec("doltlite")  # found, not imported: importing it may restart this process
    if wheel is None or wheel.origin is None:
        raise CannotRun("The package doltlite is missing: `rm .venv/*.installed` and start again.")
    return Path(wheel.origin).parent / "_lib" / "libdoltlite.so"


def _missing() -> str | None:
    sqlite = find_spec("_sqlite3")
    if sys.platform == "linux" and sqlite and sqlite.origin != "built-in":
        return None
    # Another library can replace SQLite only if _sqlite3 is not built into Python.
    return "rm -rf .venv; PYTHON=/usr/bin/python3 make  # on Linux, with the system's own Python"


@contextmanager
def _file(data: Path | None) -> Iterator[str]:
    """Yield the URL of a file in `data`, or in a directory that is deleted at the end.

    Beside it is the file of what is not versioned: see settings/doltlite.py.
    """
    temporary = tempfile.TemporaryDirectory
    with nullcontext(data) if data else temporary(prefix="bank-doltlite-") as directory:
        files = [Path(directory).resolve() / name for name in ("bank.db", "bank.db.site")]
        for file in filter(Path.exists, files):
            file.chmod(0o600)  # a new file is private anyway, see base.py
        collector: list[str | Path] = [sys.executable, COLLECTOR, *files]
        log = log_file("doltlite", data)
        with running(collector, log=log, env=os.environ | environment()):
            yield f"doltlite:///{quote(str(files[0]))}"


BACKEND = Backend(
    name="doltlite",
    suite_seconds=800,
    providers=[Provider("a file; DoltLite comes as a wheel", missing=_missing, server=_file)],
    variables=environment,
)
