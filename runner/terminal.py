"""Child processes that use the terminal: the tests, a shell, a manage.py command."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

import psutil

from runner.child import die_with_parent
from runner.processes import ROOT


def foreground(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run a command that uses the terminal; return its exit code. It is stopped before us."""
    with subprocess.Popen(
        command, env=env, cwd=ROOT, preexec_fn=lambda: die_with_parent(signal.SIGINT)
    ) as child:
        try:
            return child.wait()
        except KeyboardInterrupt as interrupt:
            if interrupt.args:  # a signal to us alone; Ctrl-C has reached it too
                child.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                child.wait(20)
            child.kill()
            raise


def in_terminal(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run an interactive command; return its exit code, or 128 + N if signal N ended it.

    Only the command receives Ctrl-C, which may cancel just one query. SIGTERM and SIGHUP end it.
    """
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with subprocess.Popen(command, env=env, cwd=ROOT, preexec_fn=_end_with_the_terminal) as child:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            _signal_family(child.pid, signal.SIGTERM)
            raise
    signal.signal(signal.SIGINT, ours)
    return code if code >= 0 else 128 - code


def _signal_family(parent: int, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        for process in [*psutil.Process(parent).children(recursive=True), psutil.Process(parent)]:
            process.send_signal(number)


def _end_with_the_terminal() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    die_with_parent(signal.SIGHUP)
