"""The blocks of code in documents, and whether a command prints what a document shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.serving import ROOT

BLOCK = re.compile(r'^```([\w-]+)(?: title="(.*?)")?\n(.*?)^```', re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def blocks(document: str) -> Iterator[tuple[str, str, str]]:
    """Yield the language, the title ("" if it has none) and the text of each block of code."""
    yield from BLOCK.findall((ROOT / document).read_text())


def commands(document: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a document with the output that the document shows."""
    for language, _, text in blocks(document):
        if language == "console":
            yield from COMMAND.findall(text)


def compare(printed: str, expected: str, command: str) -> None:
    """Fail if this is not the output that the document shows.

    An ellipsis in the document stands for anything, such as the hash of a commit, and a line with
    nothing else for any lines.
    """
    printed, expected = printed.rstrip("\n"), expected.rstrip("\n")
    pattern = "".join(map(_pattern, expected.splitlines()))
    if not re.fullmatch(pattern, f"{printed}\n" if printed else ""):
        assert printed == expected, command


def _pattern(line: str) -> str:
    if line == "…":
        return "(?:.*\n)*"
    return ".*".join(map(re.escape, line.split("…"))) + "\n"
