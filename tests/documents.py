"""Runs the commands of a document and compares their output with the output it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from runner.backends import backend
from tests.serving import PYTHON, ROOT, Server

MANAGE = ".venv/bin/python -m runner manage"
BLOCK = re.compile(r'^```([\w-]+)(?: title="(.*?)")?\n(.*?)^```', re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
NOT_RUN = ("make ", "export ", "docker ", "sudo ")  # CI runs the make commands
# Patterns of the keys in commands, by the kind of object.
KEYS = {
    "customer": r"(?<=/customer/)\d+|(?<=/customer/\?after=)\d+|(?<=\"customer\":{\"id\":)\d+",
    "product": r"(?<=/product/)\d+|(?<=\"products\":\[{\"id\":)\d+",
    "order": r"(?<=/order/)\d+",
}


def blocks(document: str) -> Iterator[tuple[str, str, str]]:
    """Yield the language, the title ("" if it has none) and the text of each block of code."""
    yield from BLOCK.findall((ROOT / document).read_text())


def commands(document: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a document with the output that the document shows."""
    for language, _, text in blocks(document):
        if language == "console":
            yield from COMMAND.findall(text)


def follow(document: str, server: Server) -> None:
    """Run the commands on this server; each must print the output that the document shows.

    Documents show the keys 1, 2, 3. On a backend with other keys they are translated.
    """
    for command, expected in commands(document):
        if not command.startswith(NOT_RUN):
            printed = _numbered(_run(_with_keys(command, server), server), server)
            compare(printed, expected, command)


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


def translated(command: str, server: Server) -> str:
    """Return the command with this server's port, data and database, and this Python."""
    here = command.replace(":8000", f":{server.port}")
    here = here.replace(MANAGE, f"{PYTHON} -m runner manage --data {server.data}")
    here = re.sub(r"(manage --data \S+) dolt(lite)?\b", rf"\1 {settings.BACKEND}", here)
    here = re.sub(r"(?<!/)\.venv/bin/python", sys.executable, here)
    return re.sub(r"^curl ", "curl --silent --show-error ", here)


def _run(command: str, server: Server) -> str:
    environment = backend(settings.BACKEND).environment(server.database_url())
    # For docs/postgresql_sql.md: the application's URL, and the owner's of another database.
    environment["APPLICATION"] = server.database_url()
    environment["SHOP"] = re.sub(r"//[^@]*@(.*)/\w+$", r"//postgres@\1/shop", server.database_url())
    if MANAGE in command:  # it finds the URL by itself
        del environment[backend(settings.BACKEND).url_variable]
    result = subprocess.run(  # noqa: S602 - the commands are those of our own documentation
        translated(command, server),
        shell=True,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.replace("\r\n", "\n")


def _with_keys(command: str, server: Server) -> str:
    for kind, pattern in KEYS.items():
        keys = _keys(kind, server)
        quote = '"{}"' if keys and isinstance(keys[0], str) else "{}"
        for found in reversed(list(re.finditer(pattern, command))):
            key = keys[int(found[0]) - 1]
            written = str(key) if "/" in command[found.start() - 10 : found.start()] else quote
            command = command[: found.start()] + written.format(key) + command[found.end() :]
    return command


def _numbered(text: str, server: Server) -> str:
    for kind in KEYS:
        for number, key in enumerate(_keys(kind, server), start=1):
            if key != number:
                text = text.replace(f'"{key}"', str(number)).replace(str(key), str(number))
    return text


def _keys(kind: str, server: Server) -> list[Any]:
    return [found["id"] for found in server.call("GET", f"/{kind}/?limit=1000")]
