"""`python -m schema.patch_db [options] [URL]`."""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper


class Stopped(KeyboardInterrupt):
    """A signal asks patch_db to end: Ctrl-C, kill, or a terminal that was closed."""

    def __str__(self) -> str:
        return str(self.args[0].name)


def script() -> None:
    """Exit with the code of the command line, or 128 + the number of the signal that stopped it."""
    _handle_signals()
    try:
        _open_standard_files()
        # Imported here because it takes a while, in which a signal may come.
        from .command_line import main

        code = main(sys.argv[1:])
    except Stopped as stop:
        print(f"patch_db: stopped by {stop}; --status shows what was applied", file=sys.stderr)
        code = 128 + stop.args[0]
    sys.exit(code)


def _handle_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup ignores SIGHUP
            signal.signal(number, _stop)
        elif number == signal.SIGINT:
            # It is ignored in a script's background job. The hooks must not inherit that, for
            # they are stopped by it.
            signal.signal(number, lambda *_: None)


def _stop(number: int, _: object) -> None:
    raise Stopped(signal.Signals(number))


def _open_standard_files() -> None:
    """Open those that are closed: otherwise a connection could get the number of one, and what a
    program prints. Show what their encoding does not have as escapes.
    """
    while (spare := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(spare, True)
    os.close(spare)
    sys.stdout = sys.stdout or open(1, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w")  # noqa: SIM115
    for file in (sys.stdout, sys.stderr):
        if isinstance(file, TextIOWrapper):
            file.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    script()
