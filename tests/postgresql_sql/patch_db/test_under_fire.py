"""Several runners at once, and programs that are killed: what was done and the records agree."""

from __future__ import annotations

import os
import pty
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.postgresql_sql.patch_db.patching import Project, finish, wait_until

NO_TRANSACTION = "-- patch_db: no-transaction\n"
OPTIONS = ("--yes", "--baseline", "none", "--lock-timeout", "20s")
GATE = "select pg_advisory_lock(77);\n"

Gate = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def gate(project: Project) -> Gate:
    """Return a block in which a patch with GATE stops there."""

    @contextmanager
    def closed() -> Iterator[None]:
        with psycopg.connect(project.url, autocommit=True) as connection:
            connection.execute("select pg_advisory_lock(77)")
            yield

    return closed


def at_gate(project: Project) -> list[int]:
    """Return the server's process of the patch that waits at the gate."""
    return project.query(
        "select pid from pg_stat_activity where wait_event = 'advisory' "
        "and datname = current_database() and application_name like 'patch_db %'"
    )


def started(project: Project, *options: str) -> subprocess.Popen[str]:
    """Return a runner whose patch waits at the gate."""
    runner = project.start(*OPTIONS, *options)
    wait_until(lambda: at_gate(project))
    return runner


def psql_of(runner: subprocess.Popen[str]) -> psutil.Process:
    [child] = psutil.Process(runner.pid).children()
    return child


def is_waiting(runner: subprocess.Popen[str]) -> bool:
    """Return whether it has not ended when it had the time to."""
    time.sleep(0.7)
    return runner.poll() is None


def test_a_second_runner_waits_and_applies_nothing_twice(project: Project, gate: Gate) -> None:
    project.write(a=f"create table a ();\n{GATE}")
    with gate():
        first, second = started(project), project.start(*OPTIONS)
        assert is_waiting(second)

    assert finish(first).returncode == 0
    assert finish(second).stdout.endswith("Nothing is pending.\n")
    assert project.states() == {"a": "applied"}


def test_a_second_runner_leaves_and_says_who_is_at_work(project: Project, gate: Gate) -> None:
    project.write(a=GATE)
    with gate():
        first = started(project)
        said = project.run(*OPTIONS, "--wait", "0.1")
        [pid] = project.sessions("patch_db")

    assert finish(first).returncode == 0
    assert said.returncode == 1
    assert f'is at work: pid {pid} of the server, application "patch_db", since' in said.stderr


def test_many_runners_apply_each_patch_once(project: Project) -> None:
    insert = "insert into log values (1)"
    project.write(a="create table log (x int)", **dict.fromkeys("bcd", insert))

    runners = [project.start(*OPTIONS) for _ in range(4)]

    assert [finish(runner).returncode for runner in runners] == [0] * 4
    assert project.query("select count(*) from log") == [3]


@pytest.mark.parametrize("mark", ["", NO_TRANSACTION])
def test_the_next_runner_waits_for_the_psql_of_one_that_was_killed(
    project: Project, gate: Gate, mark: str
) -> None:
    project.write(a=f"{mark}create table a ();\n{GATE}", b="create table b ();")
    with gate():
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
    psql = psql_of(first)

    first.kill()
    second = project.run(*OPTIONS)
    wait_until(lambda: not psql.is_running() or psql.status() == psutil.STATUS_ZOMBIE)

    assert second.returncode == 0
    assert "the patch_db that has started this psql has ended" in (tmp_path / "said").read_text()
    assert project.states() == {"a": "applied"}


@pytest.mark.parametrize("victim", ["psql", "server"])
def test_a_patch_that_is_killed_is_rolled_back(project: Project, gate: Gate, victim: str) -> None:
    project.write(a=f"create table a ();\n{GATE}")
    with gate():
        runner = started(project)
        kill(project, runner, victim)
        said = finish(runner)

    assert said.returncode == 1
    assert "a.sql failed, and was rolled back" in said.stderr
    assert (project.states(), project.tables()) == ({}, set())
    assert project.sessions("patch_db%") == []
    assert project.apply().returncode == 0


@pytest.mark.parametrize("victim", ["psql", "server"])
def test_a_patch_without_a_transaction_that_is_killed_stops_the_next_run(
    project: Project, gate: Gate, victim: str
) -> None:
    project.write(a=f"{NO_TRANSACTION}create table a ();\n{GATE}create table b ();")
    with gate():
        runner = started(project)
        kill(project, runner, victim)
        said = finish(runner)

    assert "a.sql failed, and has no transaction" in said.stderr
    assert (project.states(), project.tables()) == ({"a": "applying"}, {"a"})
    assert "a.sql was interrupted" in project.apply().stderr


def kill(project: Project, runner: subprocess.Popen[str], victim: str) -> None:
    if victim == "psql":
        psql_of(runner).kill()
    else:
        project.query("select pg_terminate_backend(%s)", *at_gate(project))


def test_the_next_runner_waits_for_a_statement_whose_psql_was_killed_too(project: Project) -> None:
    project.write(a=f"{NO_TRANSACTION}select pg_sleep(1.5);\n")
    first = project.start(*OPTIONS)
    wait_until(lambda: project.sessions("patch_db a.sql"))
    wait_until(lambda: project.states())
    psql = psql_of(first)
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
    log, wait = tmp_path / "log", f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done"
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


@pytest.mark.parametrize("time_of_hook", ["pre", "post"])
def test_a_hook_that_is_killed_is_run_again(project: Project, time_of_hook: str) -> None:
    project.write(a="create table a ()")
    hook = f"a.{time_of_hook}.sh"
    project.hook(hook, "kill -9 $$")

    said = project.apply()
    project.hook(hook, "true")

    assert f"{hook} failed: SIGKILL. The next run executes it again." in said.stderr
    assert project.apply().returncode == 0
    assert project.states() == {"a": "applied"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_runner_that_is_stopped_rolls_its_patch_back(
    project: Project, gate: Gate, number: signal.Signals
) -> None:
    project.write(a=f"create table a ();\n{GATE}")
    with gate():
        runner = started(project)
        runner.send_signal(number)
        said = finish(runner)

    assert said.returncode == 128 + number
    assert "Traceback" not in said.stderr
    assert (project.states(), project.tables()) == ({}, set())
    assert project.sessions("patch_db%") == []


def test_a_runner_that_is_stopped_stops_its_hook(project: Project, tmp_path: Path) -> None:
    project.write(a="create table a ()")
    project.hook("a.pre.sh", f"echo $$ > {tmp_path}/pid", "sleep 60")
    runner = project.start(*OPTIONS)
    wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    hook = psql_of(runner)

    runner.send_signal(signal.SIGINT)

    assert finish(runner).returncode == 130
    assert not hook.is_running()


def test_a_runner_that_has_lost_its_lock_begins_no_other_patch(
    project: Project, gate: Gate
) -> None:
    project.write(a=f"create table a ();\n{GATE}", b="create table b ();")
    with gate():
        runner = started(project)
        project.query("select pg_terminate_backend(%s)", *project.sessions("patch_db"))

    said = finish(runner)

    assert said.returncode == 1
    assert "The connection that holds the lock was lost" in said.stderr
    assert (project.states(), project.tables()) == ({"a": "applied"}, {"a"})
    assert project.apply().returncode == 0


def test_a_lock_that_is_lost_during_a_hook_stops_its_patch(
    project: Project, tmp_path: Path
) -> None:
    project.write(a="create table a ();")
    project.hook("a.pre.sh", f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done")
    runner = project.start(*OPTIONS)
    wait_until(lambda: psutil.Process(runner.pid).children())

    project.query("select pg_terminate_backend(%s)", *project.sessions("patch_db"))
    (tmp_path / "go").touch()

    assert "The connection that holds the lock was lost" in finish(runner).stderr
    assert (project.states(), project.tables()) == ({}, set())


def test_an_index_is_created_concurrently_while_another_runner_waits(
    project: Project, gate: Gate
) -> None:
    project.write(
        a=f"{NO_TRANSACTION}create table a (x int);\n{GATE}create index concurrently i on a (x);"
    )
    with gate():
        first = started(project)
        second = project.start(*OPTIONS)
        time.sleep(0.5)
    began = time.monotonic()

    assert (finish(first).returncode, finish(second).returncode) == (0, 0)
    assert time.monotonic() - began < 5
    assert project.query("select indisvalid from pg_index where indrelid = 'a'::regclass") == [True]


def test_runners_that_are_killed_at_any_time_apply_each_patch_once(project: Project) -> None:
    project.write(
        a="create table log (name text)",
        **dict.fromkeys("bcdef", "insert into log values (current_setting('application_name'))"),
    )
    chance = random.Random(5)

    for _ in range(12):
        runner = project.start(*OPTIONS)
        time.sleep(chance.uniform(0.15, 0.45))
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
