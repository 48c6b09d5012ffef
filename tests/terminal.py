"""A command in a pseudoterminal, for tests of interactive commands."""

from __future__ import annotations

import os
import pty
import subprocess
from fcntl import ioctl
from termios import TIOCSCTTY

from tests.serving import PYTHON, ROOT


class Terminal:
    """`python -m runner …` in a pseudoterminal; it is killed at the end of the block."""

    def __init__(self, *words: str, **environment: str) -> None:
        self.shown = ""
        self.terminal, theirs = pty.openpty()
        self.child = subprocess.Popen(
            [PYTHON, "-m", "runner", *words],
            cwd=ROOT,
            env=os.environ | {"PAGER": "", "TERM": "dumb"} | environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: ioctl(theirs, TIOCSCTTY, 0),
        )
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *error: object) -> None:
        self.child.kill()
        self.child.wait()
        os.close(self.terminal)

    def write(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def until(self, text: str) -> None:
        """Wait for this output after that of the last call; OSError if the command ends before."""
        while text not in self.shown:
            self.shown += os.read(self.terminal, 4096).decode()
        self.shown = self.shown.partition(text)[2]
