"""How a program of ours ends: its exit code, and what a signal does."""

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
    """Run main() and end the process: 0 done, 1 failed, 2 misused, 130 interrupted.

    SIGTERM and SIGHUP are taken as Ctrl-C: every context manager on the way out stops what it has
    started. So does the end of a program that reads what we print.
    """
    for each in STOP:
        if each is signal.SIGHUP and signal.getsignal(each) is signal.SIG_IGN:
            continue  # nohup. A shell ignores SIGINT for what it runs in the background: we do not
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


def _interrupt(number: int, frame: FrameType | None) -> None:
    for each in STOP:  # a second one must not keep us from stopping what runs
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt(*([] if number == signal.SIGINT else [number]))
