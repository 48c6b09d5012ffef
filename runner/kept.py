"""The directory in which a server keeps its data, and the server on it.

`lock` in it is locked by the program that has started the server, from before its start until after
its end. `url` has the URL of the database's owner, while `serve` serves.
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
"""Where data is kept if nobody says where, in a directory per backend."""


class InUse(CannotRun):
    """Another program has started a server on this directory."""


@contextmanager
def kept_server(backend: Backend, data: Path) -> Iterator[str]:
    """The URL of the server that the environment names, or of our own, which keeps `data`.

    Raises InUse where another program has one on this directory, CannotRun where nothing can be
    kept in it, ServerUnavailable where no server can be had.
    """
    if backend.given_url:
        with backend.server() as url:
            yield url
        return
    backend.provider()  # or ServerUnavailable, before anything is installed
    backend.python()  # installed for everybody; what follows is made for its owner alone
    with directory(data), backend.server(data) as url:
        yield url


@contextmanager
def shared_server(backend: Backend, data: Path) -> Iterator[str]:
    """As kept_server(), but where `serve` serves this data its server is used.

    Waits while a server starts, and while a copy or another command uses the directory.
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
            return (data / "url").read_text()
    return None


@contextmanager
def published(backend: Backend, data: Path, url: str) -> Iterator[None]:
    """Let shared_server() of other programs find the server of kept_server() during the block.

    Does nothing where the environment names a server.
    """
    if backend.given_url:
        yield
        return
    new, file = data / "url.new", data / "url"
    new.write_text(url)
    new.replace(file)  # complete from the first moment
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


@contextmanager
def directory(data: Path) -> Iterator[None]:
    """The directory of everything that is kept, for one program at a time; otherwise InUse.

    What is made in the block, by us and by the programs we start, is its owner's alone.
    """
    mask = os.umask(0o077)
    try:
        with writable(data):
            data.mkdir(parents=True, exist_ok=True)
            lock = open(data / "lock", "w")  # noqa: SIM115 - held until the program ends
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            (data / "url").unlink(missing_ok=True)  # left by a killed program
        with lock:
            yield
    finally:
        os.umask(mask)


@contextmanager
def writable(data: Path) -> Iterator[None]:
    """Raise CannotRun for an error of the block that keeps us from writing in this directory."""
    try:
        yield
    except BlockingIOError as error:
        raise InUse(f"Another program uses {data}: stop it, or give DATA=elsewhere.") from error
    except OSError as error:
        raise CannotRun(f"Cannot keep data in {data}: {error.strerror}. Give DATA=dir.") from error


def secret_key(data: Path) -> str:
    """SECRET_KEY of what is kept here, made once: sessions of the admin outlive a restart."""
    with writable(data):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return kept_secret(data / "secret_key", size=50)
