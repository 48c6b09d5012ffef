"""Patches and hooks that are killed or stopped: the database and its records agree."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from tests.postgresql_sql.patch_db.gate import (
    GATE,
    OPTIONS,
    at_gate,
    child_of,
    closed_gate,
    started,
)
from tests.postgresql_sql.patch_db.patching import NO_TRANSACTION, Project, finish, wait_until


@pytest.mark.parametrize("victim", ["psql", "server"])
def test_a_patch_that_is_killed_is_rolled_back(project: Project, victim: str) -> None:
    project.write(a=f"create table a ();\n{GATE}")
    with closed_gate(project):
        runner = started(project)
        kill(project, runner, victim)
        said = finish(runner)
        left = project.sessions("patch_db a.sql")

    assert said.returncode == 1
    assert "a.sql failed, and its transaction was rolled back" in said.stderr
    assert (project.states(), project.tables()) == ({}, set())
    assert left == []
    assert project.apply().returncode == 0


def test_a_server_that_ends_idle_transactions_does_not_end_the_lock(project: Project) -> None:
    project.write(a=GATE)
    project.url = make_conninfo(project.url, options="-c idle_in_transaction_session_timeout=100ms")
    with closed_gate(project):
        runner = started(project)
        child_of(runner).kill()

        assert "a.sql failed, and its transaction was rolled back" in finish(runner).stderr


@pytest.mark.parametrize("victim", ["psql", "server"])
def test_a_patch_without_a_transaction_that_is_killed_stops_the_next_run(
    project: Project, victim: str
) -> None:
    project.write(a=f"{NO_TRANSACTION}create table a ();\n{GATE}create table b ();")
    with closed_gate(project):
        runner = started(project)
        kill(project, runner, victim)
        said = finish(runner)

    assert "a.sql failed. A part of it may be committed" in said.stderr
    assert (project.states(), project.tables()) == ({"a": "applying"}, {"a"})
    assert "a.sql was interrupted" in project.apply().stderr


def test_a_patch_that_is_killed_ends_no_patch_of_another_database(
    project: Project, other_project: Project
) -> None:
    project.write(a=GATE)
    other_project.write(a=GATE)
    with closed_gate(project), closed_gate(other_project):
        runner, other = started(project), started(other_project)
        child_of(runner).kill()
        said = finish(runner)

    assert "a.sql failed, and its transaction was rolled back" in said.stderr
    assert finish(other).returncode == 0
    assert other_project.states() == {"a": "applied"}


def kill(project: Project, runner: subprocess.Popen[str], victim: str) -> None:
    if victim == "psql":
        child_of(runner).kill()
    else:
        project.query("select pg_terminate_backend(%s)", *at_gate(project))


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
    project: Project, number: signal.Signals
) -> None:
    project.write(a=f"create table a ();\n{GATE}")
    with closed_gate(project):
        runner = started(project)
        runner.send_signal(number)
        said = finish(runner)

    assert said.returncode == 128 + number
    assert said.stderr.endswith(
        f"patch_db: stopped by {number.name}; --status shows what was applied\n"
    )
    assert "Traceback" not in said.stderr
    assert (project.states(), project.tables()) == ({}, set())
    assert project.sessions("patch_db%") == []


def test_a_runner_that_is_stopped_stops_its_hook(project: Project, tmp_path: Path) -> None:
    project.write(a="create table a ()")
    project.hook("a.pre.sh", f"echo $$ > {tmp_path}/pid", "sleep 60")
    runner = project.start(*OPTIONS)
    wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    hook = child_of(runner)

    runner.send_signal(signal.SIGINT)

    assert finish(runner).returncode == 130
    assert not hook.is_running()
