"""A terminal with a program that reads commands, such as bash or psql."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from select import select

END = "the output ends here"
# A command that reads its input must not read the next command.
BASH = f"{{{{ {{}}\n}}}} < /dev/null; echo '{END}'"
PSQL = f"{{}}\n\\warn '{END}'"
MYSQL = f"{{}}\nSELECT '{END}';"


class Terminal:
    """A program that reads commands from its input."""

    def __init__(
        self, program: str, directory: Path, environment: Mapping[str, str], typed: str
    ) -> None:
        """Start it; `typed` is what it gets for a command: {} and one that prints END."""
        self._typed, self._unanswered = typed, 0
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
        """Run the command; return what it prints, after what a command prints that waited."""
        self.send(command)
        answers = [self._answer() for _ in range(self._unanswered)]
        self._unanswered = 0
        return "".join(answers)

    def send(self, command: str) -> None:
        """Run the command, and do not wait for its end."""
        assert self._process.stdin
        self._process.stdin.write(f"{self._typed.format(command)}\n".encode())
        self._process.stdin.flush()
        self._unanswered += 1

    def waits(self) -> bool:
        """Whether the command that was sent prints nothing in a while: not even END."""
        return not select([self._process.stdout], [], [], 0.3)[0]

    def _answer(self) -> str:
        assert self._process.stdout
        printed = b""
        while not printed.endswith(f"{END}\n".encode()):
            line = self._process.stdout.readline()
            assert line, f"the terminal has ended: {printed.decode()}"
            printed += line
        return printed.decode().removesuffix(f"{END}\n").replace("\r\n", "\n")

    def close(self) -> None:
        """End the program and all that it has started."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
