"""A reader who works in this repository while `make serve` runs in another terminal."""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from django.conf import settings

from runner.backends import backend
from tests.documents import COMMAND, blocks, compare
from tests.readers.terminal import BASH, MYSQL, PSQL, Terminal
from tests.serving import PYTHON, ROOT, Server

MANAGE = ".venv/bin/python -m runner manage"
NOT_RUN = ("make ", "export ", "docker ", "sudo ")  # CI runs the make commands
SESSION = re.compile(r"(?:--prompt|PROMPT1)='(\w)=> '")  # in the command that starts a client
WAITS = "… waits\n"
# Without a terminal mysql would end at an error, answer late, and say more at an error.
MYSQL_OPTIONS = " --force --unbuffered --disable-line-numbers"
MYSQL_REPEATS = re.compile(r"^-{14}\n.*\n-{14}\n\n", re.MULTILINE)  # a statement that failed
DEFAULT = f".data/{settings.BACKEND}"  # where `serve` and `manage` have the data
DATA = re.compile(r"make serve .*\bDATA=(\.data/\w+)")
STATEMENT = re.compile(r"^(\w)=> (.*)\n((?:(?!\w=> ).*\n)*)", re.MULTILINE)
# Patterns of the keys in commands, by the kind of object.
KEYS = {
    "customer": r"(?<=/customer/)\d+|(?<=/customer/\?after=)\d+|(?<=\"customer\":{\"id\":)\d+",
    "product": r"(?<=/product/)\d+|(?<=\"products\":\[{\"id\":)\d+",
    "order": r"(?<=/order/)\d+",
}


def follow(document: str, server: Server) -> None:
    """Type what the document shows; everything must print the output that it shows.

    Documents show the keys 1, 2, 3. On a backend with other keys they are translated.
    """
    with ExitStack() as terminals:
        operator = Operator(server, terminals, _kept(document))
        for language, title, text in blocks(document):
            if title:
                operator.write(title, text)
            elif language == "console":
                for command, expected in COMMAND.findall(text):
                    operator.run(command, expected)
            elif language == "text":
                for name, statement, expected in STATEMENT.findall(text):
                    operator.ask(name, statement, expected)


class Operator:
    """Has a shell, and sessions of a database's client with the prompts "A=> " and "B=> "."""

    def __init__(self, server: Server, terminals: ExitStack, kept: str) -> None:
        self._server, self._terminals, self._kept = server, terminals, kept
        self._sessions: dict[str, Terminal] = {}
        environment = backend(settings.BACKEND).environment(server.database_url())
        # For docs/postgresql_sql.md: the application's URL, and the owner's of another database.
        environment["APPLICATION"] = server.database_url()
        shop = re.sub(r"//[^@]*@(.*)/\w+$", r"//postgres@\1/shop", server.database_url())
        self._environment = environment | {"SHOP": shop}
        self._shell = self._open("exec bash", BASH)

    def write(self, title: str, text: str) -> None:
        """Write a file in `.data/`."""
        (self._server.data.parent / Path(title).name).write_text(self._here(text))

    def run(self, command: str, expected: str) -> None:
        """Run a command; `make serve` starts the server unless it is running."""
        server = self._server
        if (
            command.startswith("make serve")
            and server.process
            and server.process.poll() is not None
        ):
            server.start()
        if session := SESSION.search(command):
            self._sessions[session[1]] = self._client(self._here(command))
        elif not command.startswith(NOT_RUN):
            keys = _keys(server) if "curl" in command else {}
            printed = self._shell.type(self._here(_with_keys(command, keys)))
            compare(_numbered(printed, _keys(server) if keys else {}), expected, command)
        if command.startswith("kill -9") and server.process:
            server.process.wait(30)

    def ask(self, name: str, statement: str, expected: str) -> None:
        """Execute a statement in a session; one that waits is shown as "… waits"."""
        session = self._sessions[name]
        if expected == WAITS:
            session.send(statement)
            assert session.waits(), statement
        else:
            compare(MYSQL_REPEATS.sub("", session.type(statement)), expected, statement)

    def _client(self, command: str) -> Terminal:
        if "--prompt" in command:
            return self._open(command + MYSQL_OPTIONS, MYSQL)
        return self._open(command, PSQL)

    def _open(self, program: str, typed: str) -> Terminal:
        terminal = Terminal(program, ROOT, self._environment, typed)
        return self._terminals.enter_context(closing(terminal))

    def _here(self, command: str) -> str:
        """Return the command with this server's port, data and database, and this Python."""
        data, url = self._server.data, backend(settings.BACKEND).url_variable
        here = command.replace(":8000", f":{self._server.port}")
        # It finds the URL by itself.
        here = here.replace(MANAGE, f"env -u {url} {PYTHON} -m runner manage")
        here = re.sub(r"(runner manage) (?!--data)", rf"\1 --data {DEFAULT} ", here)
        here = re.sub(r"(manage --data \S+) dolt(lite)?\b", rf"\1 {settings.BACKEND}", here)
        here = re.sub(rf"(?<!\S){re.escape(self._kept)}\b", str(data), here)
        here = re.sub(r"(?<!\S)\.data/", f"{data.parent}/", here)
        here = re.sub(r"(?<![\w./])(\.\./)*\.venv/bin/python", sys.executable, here)
        return re.sub(r"^curl ", "curl --silent --show-error ", here)


def _kept(document: str) -> str:
    """Return the directory in which the document lets `make serve` keep the data."""
    found = DATA.search((ROOT / document).read_text())
    return found[1] if found else DEFAULT


def _keys(server: Server) -> dict[str, list[Any]]:
    """Return the keys of all objects, by their kind."""
    lists = {kind: server.call("GET", f"/{kind}/?limit=1000") for kind in KEYS}
    return {kind: [found["id"] for found in objects] for kind, objects in lists.items()}


def _with_keys(command: str, keys: dict[str, list[Any]]) -> str:
    for kind, ids in keys.items():
        quote = '"{}"' if ids and isinstance(ids[0], str) else "{}"
        for found in reversed(list(re.finditer(KEYS[kind], command))):
            key = ids[int(found[0]) - 1]
            written = str(key) if "/" in command[found.start() - 10 : found.start()] else quote
            command = command[: found.start()] + written.format(key) + command[found.end() :]
    return command


def _numbered(text: str, keys: dict[str, list[Any]]) -> str:
    for ids in keys.values():
        for number, key in enumerate(ids, start=1):
            if key != number:
                text = text.replace(f'"{key}"', str(number)).replace(str(key), str(number))
    return text
