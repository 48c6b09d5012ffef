"""Stops servers that a killed program left running: they lock their data."""

from __future__ import annotations

import signal
import time
from contextlib import suppress

import psutil

from runner.errors import CannotRun

MAX_WAIT = 20  # seconds


def stop_leftover(
    data: str, stop_signal: signal.Signals = signal.SIGTERM, *, workers: str | None = None
) -> None:
    """End the processes with this word on their command line, and wait until they have ended.

    Also waits for `workers`, the processes of this name in the directory `data`, which end when
    they notice that their parent ended. Raises CannotRun if one is still running after MAX_WAIT.
    """
    for process in _left(data, workers):
        if data in (process.info["cmdline"] or ()):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(stop_signal)
    give_up = time.monotonic() + MAX_WAIT
    while left := _left(data, workers):
        if time.monotonic() > give_up:
            raise CannotRun(f"Process {left[0].pid} uses {data} and does not end.")
        time.sleep(0.05)


def _left(data: str, workers: str | None) -> list[psutil.Process]:
    """Return the running ones; a zombie has no command line."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "cwd", "name"])
        if data in (process.info["cmdline"] or ())
        or (process.info["name"], process.info["cwd"]) == (workers, data)
    ]
