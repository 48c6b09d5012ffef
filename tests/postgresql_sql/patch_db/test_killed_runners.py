"""A runner that was killed: what it has started ends before the next runner begins."""

from __future__ import annotations

import os
import pty
import random
import shutil
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.postgresql_sql.patch_db.gate import (
    GATE,
    OPTIONS,
    child_of,
    closed_gate,
    is_waiting,
    started,
    until,
)
from tests.postgresql_sql.patch_db.patching import NO_TRANSACTION, Project, finish, wait_until


@pytest.mark.parametrize("mark", ["", NO_TRANSACTION])
def test_the_next_runner_waits_for_the_psql_of_one_that_was_killed(
    project: Project, mark: str
) -> None:
    project.write(a=f"{mark}create table a ();\n{GATE}", b="create table b ();")
    with closed_gate(project):
        first = started(project)
        first.kill()
        wait_until(lambda: not project.sessions("patch_db"))
        left = project.run(*OPTIONS, "--wait", "0.1")
        second = project.start(*OPTIONS)
        assert is_waiting(second)

    assert 'application "patch_db a.sql"' in left.stderr
    assert finish(second).returncode == 0
    assert project.states() == {"a": "applied", "b": "applied"}
    assert project.tables() == {"a", "b"}


def test_a_late_psql_of_a_killed_runner_does_nothing(project: Project, tmp_path: Path) -> None:
    project.write(a="create table a ()")
    late = tmp_path / "late" / "psql"
    late.parent.mkdir()
    late.write_text(
        f"#!/bin/sh\ntouch {tmp_path}/here\nsleep 1\n"
        f'exec {shutil.which("psql")} "$@" 2> {tmp_path}/said\n'
    )
    late.chmod(0o755)
    first = project.start(*OPTIONS, PATH=f"{late.parent}:{os.environ['PATH']}")
    wait_until((tmp_path / "here").exists)
    psql = child_of(first)

    first.kill()
    second = project.run(*OPTIONS)
    wait_until(lambda: not psql.is_running() or psql.status() == psutil.STATUS_ZOMBIE)

    assert second.returncode == 0
    assert "the patch_db that has started this psql has ended" in (tmp_path / "said").read_text()
    assert project.states() == {"a": "applied"}


def test_the_next_runner_waits_for_a_statement_whose_psql_was_killed_too(project: Project) -> None:
    project.write(a=f"{NO_TRANSACTION}select pg_sleep(1);\n")
    first = project.start(*OPTIONS)
    wait_until(lambda: project.sessions("patch_db a.sql"))
    wait_until(lambda: project.states())
    psql = child_of(first)
    first.kill()
    psql.kill()

    said = project.run(*OPTIONS)

    assert project.sessions("patch_db a.sql") == []
    assert "a.sql was interrupted" in said.stderr


@pytest.mark.parametrize(
    ("time_of_hook", "states"), [("pre", {}), ("post", {"a": "post"})], ids=["pre", "post"]
)
def test_the_next_runner_waits_for_the_hook_of_one_that_was_killed(
    project: Project, tmp_path: Path, time_of_hook: str, states: dict[str, str]
) -> None:
    log, wait = tmp_path / "log", until(tmp_path / "go")
    project.write(a="create table a ()")
    project.hook(f"a.{time_of_hook}.sh", f"echo begin >> {log}", wait, f"echo end >> {log}")
    first = project.start(*OPTIONS)
    wait_until(log.exists)

    first.kill()
    left = project.run(*OPTIONS, "--wait", "0.1")
    found = project.states()
    second = project.start(*OPTIONS)
    (tmp_path / "go").touch()

    assert (left.returncode, found) == (1, states)
    assert finish(second).returncode == 0
    assert log.read_text().split() == ["begin", "end"] * 2
    assert project.states() == {"a": "applied"}


@pytest.mark.parametrize("stop", ["INT", "TERM"])
def test_the_next_runner_waits_for_a_hook_that_does_not_let_itself_be_stopped(
    project: Project, tmp_path: Path, stop: str
) -> None:
    log, wait = tmp_path / "log", until(tmp_path / "go")
    project.write(a="create table a ()")
    project.hook("a.pre.sh", "trap '' INT", f"echo begin >> {log}", wait, f"echo end >> {log}")
    first = project.start(*OPTIONS)
    wait_until(log.exists)

    first.send_signal(signal.SIGINT)
    time.sleep(0.5)
    still_waits = first.poll() is None
    first.send_signal(signal.Signals[f"SIG{stop}"])
    code = first.wait(20)
    left = project.run(*OPTIONS, "--wait", "0.1")
    (tmp_path / "go").touch()
    second = project.run(*OPTIONS)
    said = finish(first)

    assert said.stderr.endswith(f"stopped by SIG{stop}; --status shows what was applied\n")
    assert (still_waits, code) == (True, 128 + signal.Signals[f"SIG{stop}"])
    assert "Another patch_db is at work" in left.stderr
    assert second.returncode == 0
    assert log.read_text().split() == ["begin", "end"] * 2


def test_runners_that_are_killed_at_any_time_apply_each_patch_once(project: Project) -> None:
    project.write(
        a="create table log (name text)",
        **dict.fromkeys("bcdef", "insert into log values (current_setting('application_name'))"),
    )
    chance = random.Random(5)

    for _ in range(8):
        runner = project.start(*OPTIONS)
        time.sleep(chance.uniform(0.15, 0.4))
        runner.kill()
    last = project.run(*OPTIONS)

    assert last.returncode == 0
    assert project.states() == dict.fromkeys("abcdef", "applied")
    names = [f"patch_db {name}.sql" for name in "bcdef"]
    assert project.query("select name from log order by name") == names


def test_a_runner_that_loses_its_lock_while_it_asks_runs_no_hook(project: Project) -> None:
    project.write(a="create table a ();")
    project.hook("a.pre.sh", "echo the hook is run")
    terminal, theirs = pty.openpty()
    runner = project.start("--baseline", "none", stdin=theirs)
    wait_until(lambda: project.query("select to_regclass('patch_db.patches')") != [None])

    project.query("select pg_terminate_backend(%s, 5000)", *project.sessions("patch_db"))
    os.write(terminal, b"y\n")
    said = finish(runner)
    os.close(terminal)
    os.close(theirs)

    assert said.returncode == 1
    assert "The connection that holds the lock was lost" in said.stderr
    assert "the hook is run" not in said.stdout
