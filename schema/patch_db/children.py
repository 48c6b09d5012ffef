"""Programs that patch_db runs: psql and hooks, which stop when it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from .connection import environment
from .errors import HookFailed, NoPsql
from .lock import PAUSE, Session, check_lock, leave_lock
from .patches import Patch


def psql(arguments: Sequence[str], patch: Patch, session: Session) -> tuple[int, bytes]:
    """Run psql with the patch as its input; return its exit code and its messages, shown too."""
    command = ["psql", *arguments]
    with TemporaryFile() as content:  # it has no name by which somebody could change it
        content.write(patch.content)
        content.seek(0)
        pipes = {"stdin": content, "stderr": subprocess.PIPE}
        try:
            with _child(command, patch.name, session, **pipes) as child:
                messages = [_show(line, patch.path) for line in child.stderr or ()]
        except FileNotFoundError:
            raise NoPsql from None
    return child.returncode, b"".join(messages)


def _show(message: bytes, path: Path) -> bytes:
    """Show a message with the patch's path, and return it."""
    message = message.replace(b"psql:<stdin>:", os.fsencode(f"psql:{path}:"), 1)
    sys.stderr.buffer.write(message)
    sys.stderr.flush()
    return message


def hook(path: Path, name: str, session: Session) -> None:
    """Run a hook of a patch; raise HookFailed unless it succeeds.

    It inherits the socket of the lock: if patch_db is killed, the lock is held until the hook ends.
    If the lock is lost, the hook is interrupted, for the next patch_db may run it again; raise
    psycopg.OperationalError.
    """
    print(f"{name}: running {path.name}", flush=True)
    sockets = [session.connection.fileno()]
    try:
        with _child(
            [path.absolute()], name, session, stdin=subprocess.DEVNULL, pass_fds=sockets
        ) as child:
            while child.poll() is None:
                check_lock(session)
                with suppress(subprocess.TimeoutExpired):
                    child.wait(PAUSE)
    except OSError as error:
        raise HookFailed(path, error.strerror) from error
    if code := child.returncode:
        raise HookFailed(path, f"exit code {code}" if code > 0 else signal.Signals(-code).name)


@contextmanager
def _child(
    command: Sequence[str | Path], name: str, session: Session, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until it ends; interrupt it if the block, or the wait after it, is interrupted.

    Its own process group keeps a terminal's Ctrl-C from it, which would otherwise arrive twice. If
    it still runs when the second wait is interrupted too, it keeps the lock.
    """
    environ = environment(session.connection, session.dsn, name)
    child = subprocess.Popen(command, env=environ, process_group=0, **options)
    try:
        yield child
        child.wait()
    except BaseException:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGINT)
            child.wait()
        raise
    finally:
        if child.poll() is None:
            leave_lock(session)
        if child.stderr:
            child.stderr.close()
