"""Child processes that never outlive the program that started them."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from runner.errors import CannotRun

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1  # linux/prctl.h
_now_running: list[subprocess.Popen[bytes]] = []


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    patience: float = 20,
) -> Iterator[subprocess.Popen[bytes]]:
    """The command as a child for the length of the block; its output goes to the log.

    It has a process group of its own, so a Ctrl-C reaches it only through us, in the right order.
    If we are killed, Linux sends it the stop signal; elsewhere the next start must clean up.
    """
    with open(log or os.devnull, "ab") as output:
        child = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output if log else None,
            stderr=subprocess.STDOUT if log else None,
            env=env,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(stop_signal),
            **identity(user),
        )
    _now_running.append(child)
    try:
        yield child
    finally:
        _now_running.remove(child)
        stop(child, stop_signal, patience)


def first_to_end() -> subprocess.Popen[bytes]:
    """Wait until one of the children that `running` has started ends by itself; that one."""
    while True:
        for child in _now_running:
            if child.poll() is not None:
                return child
        time.sleep(0.2)


def stop(child: subprocess.Popen[bytes], stop_signal: signal.Signals, patience: float) -> None:
    """Ask the child to end, then what is left of its process group; it may be dead already.

    What has not ended after so many seconds is killed.
    """
    give_up = time.monotonic() + patience
    if child.poll() is None:
        child.send_signal(stop_signal)
    with suppress(subprocess.TimeoutExpired):
        child.wait(patience)
    _signal_group(child.pid, stop_signal)
    while _group(child.pid) and time.monotonic() < give_up:
        time.sleep(0.05)
    _signal_group(child.pid, signal.SIGKILL)
    child.wait()


def _group(leader: int) -> list[psutil.Process]:
    """The living processes of a group; a zombie may wait for ever for who started it."""
    return [
        process
        for process in psutil.process_iter(["status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE and _group_of(process.pid) == leader
    ]


def _group_of(number: int) -> int | None:
    with suppress(ProcessLookupError):
        return os.getpgid(number)
    return None


def _signal_group(leader: int, number: signal.Signals) -> None:
    for process in _group(leader):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def wait_until(
    ready: Callable[[], bool], child: subprocess.Popen[bytes], *, what: str, log: Path | None
) -> None:
    """Wait up to 60 s; raise CannotRun, with the end of the log, if the child ends before."""
    give_up = time.monotonic() + 60
    while not ready():
        if child.poll() is not None or time.monotonic() > give_up:
            lines = log.read_text(errors="replace").splitlines()[-8:] if log else []
            raise CannotRun("\n  ".join([f"{what} did not start.", *lines]))
        time.sleep(0.05)


def log_file(name: str, data: Path | None) -> Path:
    """Where a server writes: beside its data, or build/logs/NAME.log, begun anew at each start."""
    file = (data or ROOT / "build" / "logs").resolve() / f"{name}.log"
    file.parent.mkdir(parents=True, exist_ok=True)
    if data is None:
        file.unlink(missing_ok=True)
    return file


def identity(user: str | None) -> dict[str, Any]:
    """What subprocess needs to run a program as this system user."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def die_with_parent(stop_signal: signal.Signals) -> None:
    """Called in a new child: Linux is to send it this signal when its parent has ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, stop_signal)
