"""Several runners at once: one works, and the others wait or leave."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.postgresql_sql.patch_db.gate import (
    GATE,
    OPTIONS,
    child_of,
    closed_gate,
    is_waiting,
    started,
    wait_for_waiting,
)
from tests.postgresql_sql.patch_db.patching import NO_TRANSACTION, Project, finish, wait_until


def test_a_second_runner_waits_and_applies_nothing_twice(project: Project) -> None:
    project.write(a=f"create table a ();\n{GATE}")
    with closed_gate(project):
        first, second = started(project), project.start(*OPTIONS)
        assert is_waiting(second)

    assert finish(first).returncode == 0
    assert finish(second).stdout.endswith("Nothing is pending.\n")
    assert project.states() == {"a": "applied"}


def test_a_second_runner_leaves_and_says_who_is_at_work(project: Project) -> None:
    project.write(a=GATE)
    with closed_gate(project):
        first = started(project)
        said = project.run(*OPTIONS, "--wait", "0.1")
        status = project.run("--status")
        holders = [
            f'pid {pid} of the server, user "postgres", application "{application}"'
            for application in ("patch_db", "patch_db a.sql")
            for pid in project.sessions(application)
        ]

    assert (finish(first).returncode, said.returncode) == (0, 1)
    at_work = f"Another patch_db is at work: {', '.join(holders)}"
    assert f"{at_work}. Nothing was applied" in said.stderr
    assert status.stdout.startswith(f"{at_work}\n")


def test_a_file_that_is_deleted_while_a_runner_waits_was_read_before(project: Project) -> None:
    project.write(a=GATE)
    with closed_gate(project):
        first = started(project)
        project.write(b="create table b ()")
        second = project.start(*OPTIONS)
        wait_for_waiting(project)
        (project.patches / "b.sql").unlink()

    assert (finish(first).returncode, finish(second).returncode) == (0, 0)
    assert project.states() == {"a": "applied", "b": "applied"}


def test_many_runners_apply_each_patch_once(project: Project) -> None:
    insert = "insert into log values (1)"
    project.write(a="create table log (x int)", **dict.fromkeys("bcd", insert))

    runners = [project.start(*OPTIONS) for _ in range(4)]

    assert [finish(runner).returncode for runner in runners] == [0] * 4
    assert project.query("select count(*) from log") == [3]


def test_an_index_is_created_concurrently_while_another_runner_waits(project: Project) -> None:
    project.write(
        a=f"{NO_TRANSACTION}create table a (x int);\n{GATE}create index concurrently i on a (x);"
    )
    with closed_gate(project):
        first = started(project)
        second = project.start(*OPTIONS)
        time.sleep(0.5)
    began = time.monotonic()

    assert (finish(first).returncode, finish(second).returncode) == (0, 0)
    assert time.monotonic() - began < 5
    assert project.query("select indisvalid from pg_index where indrelid = 'a'::regclass") == [True]


def test_a_runner_that_has_lost_its_lock_begins_no_other_patch(project: Project) -> None:
    project.write(a=f"create table a ();\n{GATE}", b="create table b ();")
    with closed_gate(project):
        runner = started(project)
        project.query("select pg_terminate_backend(%s)", *project.sessions("patch_db"))

    said = finish(runner)

    assert said.returncode == 1
    assert "The connection that holds the lock was lost" in said.stderr
    assert "b.sql" not in said.stdout
    assert (project.states(), project.tables()) == ({"a": "applied"}, {"a"})
    assert project.apply().returncode == 0


@pytest.mark.parametrize("time_of_hook", ["pre", "post"])
def test_a_lock_that_is_lost_during_a_hook_stops_it(
    project: Project, tmp_path: Path, time_of_hook: str
) -> None:
    project.write(a="create table a ();")
    project.hook(f"a.{time_of_hook}.sh", f"touch {tmp_path}/here", "sleep 60")
    runner = project.start(*OPTIONS)
    wait_until((tmp_path / "here").exists)
    hook = child_of(runner)

    project.query("select pg_terminate_backend(%s)", *project.sessions("patch_db"))
    said = finish(runner)

    assert "The connection that holds the lock was lost" in said.stderr
    assert not hook.is_running()
    assert project.states() == ({} if time_of_hook == "pre" else {"a": "post"})
