"""Make the file of a new patch."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from .errors import NoName, NotLast
from .files import SQL, read_directory


def new_patch(directory: Path, words: str, day: date) -> Path:
    """Make an empty patch that is the last one, beside the one that is the last now; return its
    path.

    What has changed in the .sql files beside the directory since the last commit is in it as a
    comment, if there is a git repository. No file is overwritten. Raise NoName, NotLast, or what
    read_directory raises.
    """
    patches, _ = read_directory(directory)
    last = max(patches, default="")
    slug = re.sub(r"\W+", "_", words.lower()).strip("_")
    if not slug:
        raise NoName(repr(words))
    name = _name(last, str(day), slug)
    if name <= last:
        raise NotLast(name, last)
    path = directory / name
    with path.open("x", encoding="utf-8") as file:
        file.writelines(f"-- {line}".rstrip() + "\n" for line in _comment(directory, words.strip()))
    return path


def _name(last: str, day: str, slug: str) -> str:
    """Return the name with the day, then "", ~02, ~03 and so on: "~" sorts after the first "_"."""
    folder, slash, file = last.rpartition("/")
    same_day = re.match(rf"{day}(?:~(\d+))?_", file)
    number = f"~{int(same_day[1] or 1) + 1:02}" if same_day else ""
    return f"{folder}{slash}{day}{number}_{slug}{SQL}"


def _comment(directory: Path, words: str) -> Iterator[str]:
    # A sentence, and so never `patch_db: no-transaction`, which means something.
    yield from (words[0].upper() + words[1:]).splitlines()
    if changes := _changes(directory.absolute().parent):
        yield from ["", "To do, as git diff shows it; delete this:", *changes.splitlines()]


def _changes(schema: Path) -> str:
    command = ["git", "diff", "--no-color", "--no-ext-diff", "HEAD", "--", ":(glob)*.sql"]
    try:
        result = subprocess.run(command, cwd=schema, capture_output=True)  # noqa: S607
    except FileNotFoundError:
        return ""
    return result.stdout.decode(errors="replace")
