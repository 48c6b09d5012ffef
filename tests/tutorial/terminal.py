"""A terminal with a program that reads commands, such as bash or psql."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

END = "the output ends here"
KEPT = ("HOME", "PATH", "TMPDIR")  # of the environment: nothing that the suite has set for Django
OWN = {"PYTHONUNBUFFERED": "1", "LANG": "C.UTF-8"}


class Terminal:
    """A program that reads commands from its input, such as bash."""

    def __init__(self, program: str, directory: Path, end: str = f"echo '{END}'") -> None:
        """Start it; `end` is its command that prints END."""
        self._end = end
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", program],
            cwd=directory,
            env={name: os.environ[name] for name in KEPT if name in os.environ} | OWN,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def type(self, command: str) -> str:
        """Run the command, and return what it prints."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{command}\n{self._end}\n".encode())
        self._process.stdin.flush()
        printed = b""
        while not printed.endswith(f"{END}\n".encode()):
            line = self._process.stdout.readline()
            assert line, f"{command} has ended the terminal: {printed.decode()}"
            printed += line
        return printed.decode().removesuffix(f"{END}\n").replace("\r\n", "\n")

    def close(self) -> None:
        """End the program and all that it has started."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
