"""A terminal with a program that reads commands, such as bash or psql."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

END = "the output ends here"
# A command that reads its input must not read the next command.
BASH = f"{{{{ {{}}\n}}}} < /dev/null; echo '{END}'"
PSQL = f"{{}}\n\\warn '{END}'"


class Terminal:
    """A program that reads commands from its input."""

    def __init__(
        self, program: str, directory: Path, environment: Mapping[str, str], typed: str
    ) -> None:
        """Start it; `typed` is what it gets for a command: {} and one that prints END."""
        self._typed = typed
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", program],
            cwd=directory,
            env=environment | {"PYTHONUNBUFFERED": "1", "LANG": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def type(self, command: str) -> str:
        """Run the command, and return what it prints."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{self._typed.format(command)}\n".encode())
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
