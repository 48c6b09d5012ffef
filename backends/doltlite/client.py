"""`dbshell` on DoltLite: a prompt for SQL, in this process.

The program sqlite3 cannot open DoltLite's files. The engine's connection also has the collation
`amount`, which comparisons of prices need.
"""

from __future__ import annotations

import os
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
    """Yield the statements of a text, each with its semicolon, which the last may omit."""
    statement = ""
    for part in re.split("(?<=;)", text):
        statement += part
        if complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


class Console(InteractiveConsole):
    """A prompt. Ctrl-D ends it; Ctrl-C cancels the statement that is typed or running."""

    def __init__(self, client: DatabaseClient) -> None:
        super().__init__()
        self.client = client

    def runsource(self, source: str, filename: str = "", symbol: str = "") -> bool:
        """Run the statement if it is complete; return whether it is not."""
        if source.strip() and not complete_statement(source):
            return True
        for statement in statements(source):
            try:
                self.client.run(statement)
            except (Error, ValueError, KeyboardInterrupt) as error:
                print(str(error) or "interrupted", file=sys.stderr)
        return False


class DatabaseClient(BaseDatabaseClient):
    """Executes SQL from the command line, from a pipe, or from a prompt."""

    executable_name = "python"

    def runshell(self, parameters: Iterable[str]) -> None:
        """Raise CommandError at the first statement that fails, except at the prompt."""
        given = [*parameters]
        if sys.stdin.isatty() and not given:
            self._prompt()
            return
        try:
            for text in given or [sys.stdin.read()]:
                for statement in statements(text):
                    self.run(statement)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader of the output has ended, for example `head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except (Error, ValueError) as error:  # the latter: not UTF-8, or with a NUL
            raise CommandError(str(error)) from error

    def _prompt(self) -> None:
        with suppress(ImportError):
            import readline  # noqa: F401 - adds a history to input()
        sys.ps1, sys.ps2 = "doltlite> ", "     ...> "
        Console(self).interact("End each statement with a semicolon; exit with Ctrl-D.", "")

    def run(self, statement: str) -> None:
        """Execute the statement; print the names of the columns and the rows."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            if cursor.description:
                print(*(column[0] for column in cursor.description), sep=" | ")
            for row in cursor.fetchall() if cursor.description else ():
                print(*map(_text, row), sep=" | ")


def _text(value: Any) -> str:
    return "NULL" if value is None else str(value)
