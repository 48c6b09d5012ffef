"""Child processes that end with the program that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from runner.child import identity, prepare, stop_signals_wait
from runner.errors import CannotRun

ROOT = Path(__file__).resolve().parent.parent
_now_running: list[subprocess.Popen[bytes]] = []


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    stdout: int | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    max_wait: float = 20,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command until the end of the block; its output goes to the log, if there is one.

    It has its own process group, so a Ctrl-C does not reach it; at the end of the block it gets the
    stop signal, and is killed if it has not ended after `max_wait` seconds. If we are killed, Linux
    sends it the stop signal; on other systems the next start must stop it.
    """
    child = None
    try:
        with open(log or os.devnull, "ab") as output, stop_signals_wait():
            child = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output if log else stdout,
                stderr=subprocess.STDOUT if log else None,
                env=env,
                start_new_session=True,
                preexec_fn=lambda: prepare(stop_signal),
                **identity(user),
            )
            _now_running.append(child)
        yield child
    finally:
        if child:
            _now_running.remove(child)
            stop(child, stop_signal, max_wait)


def first_to_end() -> subprocess.Popen[bytes]:
    """Wait until one of the children that running() started ends by itself; return it."""
    while True:
        for child in _now_running:
            if child.poll() is not None:
                return child
        time.sleep(0.2)


def stop(child: subprocess.Popen[bytes], stop_signal: signal.Signals, max_wait: float) -> None:
    """Send the signal to the child, then to the rest of its process group.

    Processes that have not ended after `max_wait` seconds are killed.
    """
    give_up = time.monotonic() + max_wait
    if child.poll() is None:
        child.send_signal(stop_signal)
    with suppress(subprocess.TimeoutExpired):
        child.wait(max_wait)
    _signal_group(child.pid, stop_signal)
    while _group(child.pid) and time.monotonic() < give_up:
        time.sleep(0.05)
    _signal_group(child.pid, signal.SIGKILL)
    child.wait()


def _group(leader: int) -> list[psutil.Process]:
    """Return the running processes of a group, without zombies, which may never be reaped."""
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
    """Return the file for a server's output: in `data`, or an empty one in build/logs."""
    file = (data or ROOT / "build" / "logs").resolve() / f"{name}.log"
    file.parent.mkdir(parents=True, exist_ok=True)
    if data is None:
        file.unlink(missing_ok=True)
    return file
