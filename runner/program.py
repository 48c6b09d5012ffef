"""How our programs end: exit codes and signals."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from runner.errors import CannotRun

STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(main: Callable[[], int]) -> None:
    """Run main() and exit with 0 (done), 1 (failed), 2 (wrong usage) or 130 (interrupted).

    SIGTERM and SIGHUP work like Ctrl-C: every context manager stops the processes it started. The
    same happens if the reader of our output ends.
    """
    for each in STOP:
        if each is signal.SIGHUP and signal.getsignal(each) is signal.SIG_IGN:
            continue  # nohup; SIGINT is handled also if a shell ignores it for background jobs
        signal.signal(each, _interrupt)
    try:
        code = main()
        sys.stdout.flush()
        sys.exit(code)
    except (CannotRun, ImproperlyConfigured) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    finally:
        for each in STOP:  # at its end Python forgets handlers of ours, and a signal would kill it
            signal.signal(each, signal.SIG_IGN)


def _interrupt(number: int, frame: FrameType | None) -> None:
    for each in STOP:  # a second signal must not interrupt the stopping of processes
        # Not SIG_IGN: of a signal that has already arrived, Python would then print an error.
        signal.signal(each, lambda number, frame: None)
    raise KeyboardInterrupt(*([] if number == signal.SIGINT else [number]))
