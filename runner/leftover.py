"""Servers that a killed program has left running: they keep their data locked."""

from __future__ import annotations

import signal
import time
from contextlib import suppress

import psutil

from runner.errors import CannotRun

GIVE_UP = 20  # seconds


def stop_leftover(
    data: str, stop_signal: signal.Signals = signal.SIGTERM, *, workers: str | None = None
) -> None:
    """End the processes with this word on their command line, and wait until they have ended.

    Also waits for `workers`, which end when they notice that their parent has: the processes of
    this name that work in the directory `data`. Raises CannotRun where one is there after 20 s.
    """
    for process in _left(data, workers):
        if data in (process.info["cmdline"] or ()):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(stop_signal)
    give_up = time.monotonic() + GIVE_UP
    while left := _left(data, workers):
        if time.monotonic() > give_up:
            raise CannotRun(f"Process {left[0].pid} works with {data} and does not end.")
        time.sleep(0.05)


def _left(data: str, workers: str | None) -> list[psutil.Process]:
    """The living ones; of a zombie, which waits for its parent, only the name is known."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "cwd", "name"])
        if data in (process.info["cmdline"] or ())
        or (process.info["name"], process.info["cwd"]) == (workers, data)
    ]
