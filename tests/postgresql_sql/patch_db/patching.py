"""patch_db with a database and a directory of patches."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from schema.patch_db.command_line import main
from tests.serving import ROOT

NO_TRANSACTION = "-- patch_db: no-transaction\n"

Finished = subprocess.CompletedProcess[str]


class Project:
    """A database without tables, and a directory without patches."""

    def __init__(self, url: str, directory: Path, output: pytest.CaptureFixture[str]) -> None:
        self.url, self.patches = url, directory / "schema" / "patches"
        self.output = output
        self.patches.mkdir(parents=True)
        self.started: list[subprocess.Popen[str]] = []

    def write(self, **contents: str) -> None:
        """Write patches: the keyword is the name without .sql."""
        for name, text in contents.items():
            self.file(f"{name}.sql", text)

    def file(self, name: str, text: str, *, mode: int = 0o644) -> Path:
        path = self.patches / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def hook(self, name: str, *commands: str) -> Path:
        return self.file(name, "\n".join(["#!/bin/sh", "set -e", *commands, ""]), mode=0o755)

    def start(
        self,
        *options: str,
        stdin: int = subprocess.DEVNULL,
        script: str = 'exec "$@"',
        **environment: str,
    ) -> subprocess.Popen[str]:
        """Start patch_db as a process, which is killed at the end of the test."""
        python = [sys.executable, "-m", "schema.patch_db", "--patches", str(self.patches)]
        command = ["sh", "-c", script, "sh", *python]
        child = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env=os.environ | {"PATCH_DSN": self.url} | environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # ignored under nohup
        )
        self.started.append(child)
        return child

    def run(self, *options: str, **environment: str) -> Finished:
        """Run patch_db in this process, which saves the time in which Python starts and imports."""
        self.output.readouterr()
        arguments = ["--patches", str(self.patches), *options]
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {"PATCH_DSN": self.url, **environment}.items():
                patch.setenv(name, value)
            try:
                code = main(arguments)
            except SystemExit as stop:  # argparse refuses an argument
                code = int(stop.code or 0)
        said = self.output.readouterr()
        return Finished(arguments, code, said.out, said.err)

    def answer(self, *answers: str) -> Finished:
        """Run patch_db in a terminal, and type these lines."""
        terminal, theirs = pty.openpty()
        child = self.start("--baseline", "none", stdin=theirs)
        os.write(terminal, "".join(f"{answer}\n" for answer in answers).encode())
        said = finish(child)
        os.close(terminal)
        os.close(theirs)
        return said

    def apply(self, *options: str) -> Finished:
        """Apply all patches, also in the first run."""
        return self.run("--yes", "--baseline", "none", *options)

    def query(self, sql: str, *values: Any) -> list[Any]:
        """Return the first column."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return [row[0] for row in connection.execute(sql, values or None)]

    def execute(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql)

    def states(self) -> dict[str, str]:
        """Return the state of each patch, without .sql."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            rows = connection.execute("select name, state from patch_db.patches")
            return {name.removesuffix(".sql"): state for name, state in rows}

    def tables(self) -> set[str]:
        return set(self.query("select tablename from pg_tables where schemaname = 'public'"))

    def sessions(self, application: str) -> list[int]:
        """Return the server's processes for programs of this name."""
        return self.query(
            "select pid from pg_stat_activity where datname = current_database() "
            "and application_name like %s",
            application,
        )

    def close(self) -> None:
        for child in self.started:
            child.kill()
            child.wait()
            for pipe in filter(None, (child.stdout, child.stderr)):
                pipe.close()  # a hook may still have its other end


def finish(child: subprocess.Popen[str]) -> Finished:
    """Return what the program has said, when it has ended."""
    said, errors = child.communicate(timeout=30)
    return Finished(child.args, child.returncode, said, errors)


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until this is true, for at most 20 seconds."""
    give_up = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up, "it did not happen"
        time.sleep(0.02)
