"""Programs that patch_db runs: psql and hooks, which stop when it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .connection import environment
from .errors import HookFailed, NoPsql
from .lock import Session


def psql(arguments: Sequence[str], name: str, session: Session) -> tuple[int, bytes]:
    """Run psql for a patch; return its exit code and its messages, which are shown too."""
    messages = []
    try:
        with _child(["psql", *arguments], name, session, stderr=subprocess.PIPE) as child:
            for line in child.stderr or ():
                sys.stderr.buffer.write(line)
                sys.stderr.flush()
                messages.append(line)
    except FileNotFoundError:
        raise NoPsql from None
    return child.returncode, b"".join(messages)


def hook(path: Path, name: str, session: Session) -> None:
    """Run a hook of a patch; raise HookFailed unless it succeeds.

    It inherits the socket of the lock: if patch_db is killed, the lock is held until the hook ends.
    """
    print(f"{name}: running {path.name}", flush=True)
    sockets = [session.connection.fileno()]
    try:
        with _child([path.absolute()], name, session, pass_fds=sockets) as child:
            pass
    except OSError as error:
        raise HookFailed(path, error.strerror) from error
    if code := child.returncode:
        raise HookFailed(path, f"exit code {code}" if code > 0 else signal.Signals(-code).name)


@contextmanager
def _child(
    command: Sequence[str | Path], name: str, session: Session, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until it ends; interrupt it if the block, or the wait after it, is interrupted.

    Its own process group keeps a terminal's Ctrl-C from it, which would otherwise arrive twice.
    """
    environ = environment(session.connection, session.dsn, name)
    child = subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, process_group=0, **options
    )
    try:
        yield child
        child.wait()
    except BaseException:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGINT)
            child.wait()
        raise
