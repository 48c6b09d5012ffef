"""kill -9 of the application and of the database amid commits, checkouts and merges."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import dj_database_url
import psutil
import pytest
from django.conf import settings
from django.db import connection

from runner.backends import backend
from tests.serving import ROOT, Server, gone
from tests.test_serve import answers_again, victims

KILLS = int(os.environ.get("KILLS", "2"))  # of the application, and as many of the database
BRANCHES = ["main", "spring", "autumn/2027"]
PREFIXES = [f"{branch} " for branch in BRANCHES]
ACKNOWLEDGED = 30  # commits and merges before a kill
Line = tuple[str, str, str]  # what was acknowledged, on which branch, and the commit


@pytest.mark.feature("version control", "kill -9 leaves no half commit and no half merge")
@pytest.mark.timeout(120 + 60 * KILLS)
def test_after_kill_9_each_commit_and_merge_is_done_or_was_not_begun(
    server: Server, tmp_path: Path
) -> None:
    server.start("--no-demo")
    create_branches(server)
    lines: list[Line] = []

    for turn in range(2 * KILLS):
        of_database = turn % 2 == 1
        family = processes(server)
        lines += write_until_killed(server, family, of_database, tmp_path / f"writer-{turn}")
        if of_database:
            server.stop()
            assert gone(family)
            server.start("--no-demo")
        answers_again(server)
        check(server, lines)

    assert {done for done, *_ in lines} == {"committed", "merged"}


def processes(server: Server) -> list[psutil.Process]:
    """Return the processes of the server; those that were killed have been replaced."""
    assert server.process
    parent = psutil.Process(server.process.pid)
    return [parent, *parent.children(recursive=True)]


def write_until_killed(
    server: Server, family: list[psutil.Process], of_database: bool, output: Path
) -> list[Line]:
    """Let a process write, and kill it with the application or the database under them.

    Returns what it said was done. DoltLite's database is in the processes of the application:
    there all are killed.
    """
    role = "everything" if settings.BACKEND == "doltlite" else "database"
    environment = backend(settings.BACKEND).environment(server.database_url())
    with output.open("wb") as file:
        writer = subprocess.Popen(
            [sys.executable, "-m", "tests.versioning.merging", *BRANCHES],
            **{"cwd": ROOT, "env": environment, "stdout": file, "stderr": subprocess.DEVNULL},
        )
    while output.read_bytes().count(b"\n") < ACKNOWLEDGED:
        assert writer.poll() is None
        time.sleep(0.01)
    time.sleep(random.uniform(0, 0.3))  # noqa: S311 - amid any statement
    killed = victims(family, role) if of_database else victims(family, "workers")
    for process in [*killed, psutil.Process(writer.pid)]:
        with suppress(psutil.NoSuchProcess):  # it has already ended
            process.kill()
    writer.wait()
    return [tuple(line.split()) for line in output.read_text().splitlines()]


def opened(server: Server) -> Any:
    """Return a block with a connection to the server's database."""
    engine, address = connection.copy(), dj_database_url.parse(server.database_url(), engine="")
    places = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    engine.settings_dict |= {place: address[place] for place in places}
    return closing(engine)


def create_branches(server: Server) -> None:
    """Create the branches from main."""
    with opened(server) as engine, engine.cursor() as cursor:
        for branch in BRANCHES[1:]:
            cursor.execute(f"{engine.verb} dolt_branch(%s)", [branch])


def check(server: Server, lines: list[Line]) -> None:
    """Check that all that was acknowledged is in the logs once, and nothing is half done."""
    with opened(server) as engine:
        logs = {branch: checked_log(engine, branch) for branch in BRANCHES}
    for number, (done, branch, commit) in enumerate(lines):
        assert logs["main" if done == "merged" else branch].count(commit) == 1
        if ("merged", branch) in {line[:2] for line in lines[number:]}:
            assert logs["main"].count(commit) == 1


def checked_log(engine: Any, branch: str) -> list[str]:
    """Return the branch's commits, after comparing their messages with the branch's rows."""
    engine.use(branch)
    engine.set_autocommit(False)  # a server may still execute the last statement of a killed client
    log = query(engine, "SELECT commit_hash, message FROM dolt_log")
    names = sorted(name for (name,) in query(engine, "SELECT name FROM customers"))

    # The message of a commit is the name of the customer that it has added.
    assert names == sorted(message for _, message in log if message.startswith(tuple(PREFIXES)))
    assert branch == "main" or all(name.startswith(f"{branch} ") for name in names)
    for table in ("dolt_status", "dolt_conflicts", "dolt_constraint_violations"):
        assert query(engine, f"SELECT * FROM {table}") == []  # noqa: S608
    engine.set_autocommit(True)
    assert not any(merging for merging, *_ in query(engine, "SELECT * FROM dolt_merge_status"))
    return [commit for commit, _ in log]


def query(engine: Any, sql: str) -> list[Any]:
    with engine.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
