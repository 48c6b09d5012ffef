"""Make the file of a new patch."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from .errors import NoDirectory, NoName


def new_patch(directory: Path, words: str, day: date) -> Path:
    """Make an empty patch that is the last of its day, and return its path.

    What has changed in the .sql files beside the directory since the last commit is in it as a
    comment, if there is a git repository. No file is overwritten. Raise NoName or NoDirectory.
    """
    if not directory.is_dir():
        raise NoDirectory(directory)
    name = re.sub(r"\W+", "_", words.lower()).strip("_")
    if not name:
        raise NoName(repr(words))
    path = directory / f"{day}{_number(directory, str(day))}_{name}.sql"
    with path.open("x", encoding="utf-8") as file:
        file.writelines(f"-- {line}".rstrip() + "\n" for line in _comment(directory, words))
    return path


def _number(directory: Path, day: str) -> str:
    """Return "" or ~02, ~03 and so on: "~" sorts after the "_" of the day's first patch."""
    taken = [re.match(rf"{day}(?:~(\d+))?_", path.name) for path in directory.rglob("*.sql")]
    numbers = [int(match[1] or 1) for match in taken if match]
    return f"~{max(numbers) + 1:02}" if numbers else ""


def _comment(directory: Path, words: str) -> Iterator[str]:
    yield from words.splitlines()
    if changes := _changes(directory.absolute().parent):
        yield from ["", "To do, as git diff shows it; delete this:", *changes.splitlines()]


def _changes(schema: Path) -> str:
    command = ["git", "diff", "--no-color", "--no-ext-diff", "HEAD", "--", ":(glob)*.sql"]
    try:
        result = subprocess.run(command, cwd=schema, capture_output=True)  # noqa: S607
    except FileNotFoundError:
        return ""
    return result.stdout.decode(errors="replace")
