"""`dbshell` on DoltLite: SQL that is typed, in this process.

The program sqlite3 is SQLite and opens no file of DoltLite's. The engine's own connection also has
the collation `amount`, without which no price can be compared.
"""

from __future__ import annotations

import re
import sys
from code import InteractiveConsole
from collections.abc import Iterable, Iterator
from contextlib import suppress
from sqlite3 import complete_statement
from typing import Any

from django.core.management.base import CommandError
from django.db import Error
from django.db.backends.base.client import BaseDatabaseClient


def statements(text: str) -> Iterator[str]:
    """The statements of a text, each up to its semicolon; the last may be without one."""
    statement = ""
    for part in re.split("(?<=;)", text):
        statement += part
        if complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


class Console(InteractiveConsole):
    """A prompt; Ctrl-D ends it, Ctrl-C the statement that is typed or runs."""

    def __init__(self, client: DatabaseClient) -> None:
        super().__init__()
        self.client = client

    def runsource(self, source: str, filename: str = "", symbol: str = "") -> bool:
        """Run what was typed, when it is complete; whether more is needed."""
        if source.strip() and not complete_statement(source):
            return True
        for statement in statements(source):
            try:
                self.client.run(statement)
            except (Error, KeyboardInterrupt) as error:
                print(str(error) or "interrupted", file=sys.stderr)
        return False


class DatabaseClient(BaseDatabaseClient):
    """SQL from the command line, from a pipe, or typed at a prompt."""

    executable_name = "python"

    def runshell(self, parameters: Iterable[str]) -> None:
        """Raises CommandError at the first statement that fails, unless it is typed."""
        given = [*parameters]
        if sys.stdin.isatty() and not given:
            self._prompt()
            return
        try:
            for text in given or [sys.stdin.read()]:
                for statement in statements(text):
                    self.run(statement)
        except Error as error:
            raise CommandError(str(error)) from error

    def _prompt(self) -> None:
        with suppress(ImportError):
            import readline  # noqa: F401 - input() has a history then
        sys.ps1, sys.ps2 = "doltlite> ", "     ...> "
        Console(self).interact(banner="SQL ends with a semicolon, Ctrl-D ends this.", exitmsg="")

    def run(self, statement: str) -> None:
        """Execute it, and print the rows with the names of their columns."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            if cursor.description:
                print(*(column[0] for column in cursor.description), sep=" | ")
            for row in cursor.fetchall() if cursor.description else ():
                print(*map(_text, row), sep=" | ")


def _text(value: Any) -> str:
    return "NULL" if value is None else str(value)
