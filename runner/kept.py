"""The data directory of a server, and the server that uses it.

The program that starts the server locks the directory's file `lock`, until the server has ended.
The file `url` has the URL of the database's owner while `serve` is running.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from runner.backend import Backend
from runner.errors import CannotRun
from runner.processes import ROOT
from runner.secret import kept_secret

DATA = ROOT / ".data"
"""The default place of data, with a directory per backend."""


class InUse(CannotRun):
    """Another program has started a server on this directory."""


@contextmanager
def kept_server(backend: Backend, data: Path) -> Iterator[str]:
    """Yield the URL of the server that the environment names, or of one started on `data`.

    Raises InUse if another program uses this directory, CannotRun if it is not writable, and
    ServerUnavailable if no server is available.
    """
    if backend.given_url:
        with backend.server() as url:
            yield url
        return
    backend.provider()  # or ServerUnavailable, before anything is installed
    backend.python()  # before directory() changes the umask: packages may be used by other users
    with directory(data), backend.server(data) as url:
        yield url


@contextmanager
def shared_server(backend: Backend, data: Path) -> Iterator[str]:
    """Like kept_server(), but use the server of `serve` if it is running on this data.

    Waits while that server starts, and while a copy or another command uses the directory.
    """
    with ExitStack() as stack:
        waiting = False
        while (url := _own_or_served(backend, data, stack)) is None:
            if not waiting:
                print(f"waiting for another program that uses {data}", file=sys.stderr, flush=True)
            waiting = True
            time.sleep(0.2)
        yield url


def _own_or_served(backend: Backend, data: Path, stack: ExitStack) -> str | None:
    try:
        return stack.enter_context(kept_server(backend, data))
    except InUse:
        with suppress(FileNotFoundError):
            return (data / "url").read_text(errors="replace").strip()
    return None


@contextmanager
def published(backend: Backend, data: Path, url: str) -> Iterator[None]:
    """Let shared_server() of other programs find the server of kept_server() during the block.

    Does nothing if the environment names a server.
    """
    if backend.given_url:
        yield
        return
    new, file = data / "url.new", data / "url"
    new.write_text(url)
    new.replace(file)  # atomic: no reader sees half of it
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


@contextmanager
def directory(data: Path) -> Iterator[None]:
    """Lock the data directory, which is created if needed; raise InUse if it is locked.

    Files that we and our children create in the block are readable only by their owner.
    """
    mask = os.umask(0o077)
    try:
        with ExitStack() as stack:
            with writable(data):
                data.mkdir(parents=True, exist_ok=True)
                lock = stack.enter_context(open(data / "lock", "w"))
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                (data / "url").unlink(missing_ok=True)  # left by a killed program
            yield
    finally:
        os.umask(mask)


@contextmanager
def writable(data: Path) -> Iterator[None]:
    """Raise CannotRun for an OSError of the block, which writes to this directory."""
    try:
        yield
    except BlockingIOError as error:
        raise InUse(
            f"Another program uses {data}, or is ending: stop it, or give DATA=elsewhere."
        ) from error
    except OSError as error:
        raise CannotRun(f"Cannot keep data in {data}: {error.strerror}. Give DATA=dir.") from error


def is_empty(data: Path) -> bool:
    """Whether there is no such directory, or nothing in it; raise CannotRun if it is unreadable."""
    with writable(data):
        return not data.exists() or (data.is_dir() and not any(data.iterdir()))


def secret_key(data: Path) -> str:
    """Return the SECRET_KEY of this data, created once, so that sessions survive a restart."""
    with writable(data):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return kept_secret(data / "secret_key", size=50)
