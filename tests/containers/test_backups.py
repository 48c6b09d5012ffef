"""The backups of the documentation, made of running containers and restored into them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.containers.stack import Stack
from tests.documents import BLOCK, COMMAND
from tests.serving import ROOT

DOCUMENT = ROOT / "docs" / "container-backups.md"
EVERY, SHOWN = "Every database", "postgresql"
TITLES = {title.lower(): title for title in re.findall(r"^## (.*)$", DOCUMENT.read_text(), re.M)}
EXPORT = "python manage.py bank_export"


def commands(title: str) -> Iterator[tuple[str, str]]:
    """Yield each command of the section with this title, and the output that it shows."""
    section = DOCUMENT.read_text().partition(f"## {title}\n")[2].partition("\n## ")[0]
    for language, _, block in BLOCK.findall(section):
        if language == "console":
            yield from COMMAND.findall(block)


def test_the_documented_backups_are_restored(stack: Stack, tmp_path: Path) -> None:
    stack.manage("flush --no-input")
    stack.manage("bank_demo --if-empty")
    every = [*commands(EVERY)]
    own = [*commands(TITLES[stack.name])] if stack.name in TITLES else []
    [hashes] = {said for command, said in every + own if "tail" in command}

    for command, expected in every:
        assert run(command.replace(f"/{SHOWN}.", f"/{stack.name}."), stack, tmp_path) == expected
    for command, expected in own:
        if command.endswith("stop application"):
            stack.manage("flush --no-input")
            assert hashes.strip() not in stack.sh(EXPORT)
        assert run(command, stack, tmp_path).rstrip() == expected.rstrip()

    assert hashes.strip() in stack.sh(EXPORT)
    assert len(every) == 4
    # A restored database gives new rows keys that no other row has.
    pens = [stack.http.call("POST", "/product/", {"name": "Pen", "price": 1}) for _ in range(2)]
    found = stack.http.call("GET", "/product/")[8:]
    # MongoDB's keys of one second, made by two processes, are not in the order of the inserts.
    assert sorted(map(str, found)) == sorted(map(str, pens))


def run(command: str, stack: Stack, directory: Path) -> str:
    """Run the command in this directory, on this project; return its standard output."""
    here = command.replace(
        f"docker compose -f compose/{stack.name}.yaml", " ".join(stack.compose.command)
    )
    assert here != command or command.startswith("tail ")
    result = subprocess.run(  # noqa: S602 - the commands are those of our own documentation
        here,
        shell=True,
        cwd=directory,
        env=stack.compose.environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
