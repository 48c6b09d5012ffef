"""A reader of part 2, in the repository: `make serve`, two sessions of psql, and a shell."""

from __future__ import annotations

import re
from contextlib import ExitStack, closing
from pathlib import Path

from tests.documents import COMMAND, blocks, compare, translated
from tests.serving import ROOT, Server
from tests.tutorial.terminal import END, Terminal

PSQL = re.compile(r"PROMPT1='(\w)=> '")  # in the command that starts a session
STATEMENT = re.compile(r"^(\w)=> (.*)\n((?:(?!\w=> ).*\n)*)", re.MULTILINE)


def follow(chapter: str, server: Server, directory: Path) -> None:
    """Type what the chapter shows; everything must print what it shows.

    Files in `.data/` are in the directory instead.
    """

    def here(command: str) -> str:
        own = translated(command, server).replace(".data/postgresql", str(server.data))
        return re.sub(r"(?<!\S)\.data/", f"{directory}/", own)

    with ExitStack() as terminals:
        open_terminal = lambda *how: terminals.enter_context(closing(Terminal(*how)))  # noqa: E731
        bash, sessions = open_terminal("exec bash", ROOT), {}
        for language, title, text in blocks(chapter):
            if title:
                (directory / Path(title).name).write_text(here(text))
            elif language == "text":
                for name, statement, expected in STATEMENT.findall(text):
                    compare(sessions[name].type(statement), expected, statement)
            for command, expected in COMMAND.findall(text) if language == "console" else ():
                if command == "make serve":
                    _serve(server)
                elif session := PSQL.search(command):
                    sessions[session[1]] = open_terminal(here(command), ROOT, f"\\warn '{END}'")
                else:
                    compare(bash.type(here(command)), expected, command)
                if command.startswith("kill -9") and server.process:
                    server.process.wait(30)


def _serve(server: Server) -> None:
    """Start it, unless an earlier chapter has."""
    if server.process is None or server.process.poll() is not None:
        server.start()
