"""A reader of part 1 of the tutorial, who begins in an empty directory."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

from runner.ports import free_port
from tests.documents import COMMAND, blocks, compare
from tests.readers.terminal import BASH, Terminal
from tests.serving import ROOT, run

APPENDED = "at the end"  # in the title of a block, after the name of a file
ACTIVATE = "source .venv/bin/activate"
UP = ".venv/bin/python -m runner up "
RUNSERVER = "python manage.py runserver"
PART_1 = [f"docs/tutorial/{file.name}" for file in sorted((ROOT / "docs/tutorial").glob("1-*.md"))]


class Newcomer:
    """Somebody who follows chapters from an empty directory beside this repository.

    Blocks whose title ends with the name of another database are not for this reader. `runserver`
    is started again after a file was written: its own reloader needs an unknown time for that.
    """

    def __init__(self, directory: Path, database: str) -> None:
        self._database, self._port, self._url = database, free_port(), ""
        self._repository, self._shop = directory / "repository", directory / "shop"
        self._log = directory / "runserver"
        self._repository.mkdir()
        names = ("HOME", "PATH", "TMPDIR")  # nothing that the suite has set for Django
        environment = {name: os.environ[name] for name in names if name in os.environ}
        self._terminal = Terminal("exec bash", self._repository, environment, BASH)
        self._up: subprocess.Popen[bytes] | None = None
        self._running, self._outdated = False, False  # runserver

    def follow(self, chapter: str) -> None:
        """Type what the chapter shows; each command must print the output that it shows."""
        for language, title, text in blocks(chapter):
            if language != "console" and title and self.mine(title):
                self._write(title, text)
            elif language == "console" and self.mine(title):
                for command, expected in COMMAND.findall(text):
                    compare(self._type(command), expected, command)

    def mine(self, title: str) -> bool:
        """Whether a block with this title is for this reader's database."""
        other = re.search(r"\bon ([A-Z]\w+)$", title)
        return other is None or other[1] == self._database

    def __enter__(self) -> Newcomer:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the terminals."""
        self._terminal.close()
        if self._up:
            self._up.send_signal(signal.SIGINT)
            self._up.wait(30)

    def _write(self, title: str, text: str) -> None:
        name, _, how = title.partition(", ")
        file = self._shop / name
        before = f"{file.read_text()}\n" if how.startswith(APPENDED) else ""
        file.write_text(before + text.replace(":8000", f":{self._port}"))
        self._outdated = True

    def _type(self, command: str) -> str:
        if command.startswith(UP):
            return self._start_database()
        if command.startswith(RUNSERVER):
            return self._serve(command)
        if self._running and self._outdated and command.startswith(("curl", "bash")):
            self._terminal.type("kill $server; wait $server 2>/dev/null")
            self._serve(f"{RUNSERVER} --noreload")
        self._outdated |= command.startswith("sed ")
        here = command.replace(":8000", f":{self._port}")
        here = here.replace(ACTIVATE, f"PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH")
        here = re.sub(r"postgresql://…", self._url, here)
        here = re.sub(r"(^|\n)curl ", r"\1curl --silent --show-error ", here)
        return self._terminal.type(here)

    def _start_database(self) -> str:
        output = self._repository / "up"
        self._up = run("up", output=output)
        while "_URL=" not in output.read_text():
            assert self._up.poll() is None, output.read_text()
            time.sleep(0.02)
        line = output.read_text().splitlines()[-1]  # as root, one before says whose the server is
        self._url = line.partition("=")[2]
        return line

    def _serve(self, command: str) -> str:
        self._running, self._outdated = True, False
        self._log.unlink(missing_ok=True)
        self._terminal.type(f"{command} {self._port} > {self._log} 2>&1 & server=$!")
        while not self._log.exists() or "CONTROL-C" not in self._log.read_text():
            time.sleep(0.02)
        return self._log.read_text().replace(str(self._port), "8000")
