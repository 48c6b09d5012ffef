"""The start of a child process: as which user, and what happens to signals meanwhile."""

from __future__ import annotations

import ctypes
import pwd
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from runner.program import STOP

PR_SET_PDEATHSIG = 1  # linux/prctl.h


@contextmanager
def stop_signals_wait() -> Iterator[None]:
    """Handle a stop signal only after the block.

    An exception within Popen() would lose the new process: it would neither be returned nor ended.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)


def prepare(stop_signal: signal.Signals) -> None:
    """Call this in a child that was started while stop signals wait: there they work again.

    One that has arrived ends the child; our handler would make it an error of Popen(). The child
    gets `stop_signal` when we end.
    """
    for each in STOP:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)
    die_with_parent(stop_signal)


def die_with_parent(stop_signal: signal.Signals) -> None:
    """Call this in a new child: Linux then sends it this signal when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, stop_signal)


def identity(user: str | None) -> dict[str, Any]:
    """Return the arguments of subprocess.Popen that run a program as this system user."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
