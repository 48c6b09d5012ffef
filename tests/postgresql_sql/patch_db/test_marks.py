"""`--mark`: somebody has looked at the database."""

from __future__ import annotations

import pytest

from tests.postgresql_sql.patch_db.gate import GATE, closed_gate, started, wait_for_waiting
from tests.postgresql_sql.patch_db.patching import NO_TRANSACTION, Project, finish


def test_an_interrupted_patch_can_be_marked_as_applied(project: Project) -> None:
    project.write(a=f"{NO_TRANSACTION}create table a (); select 1/0;", b="create table b ()")
    project.apply()

    marked = project.run("--mark", "a.sql=applied")
    project.apply()

    assert marked.stdout == "a.sql: applying -> applied\n"
    assert project.states() == {"a": "applied", "b": "applied"}


def test_an_interrupted_patch_can_be_marked_as_pending(project: Project) -> None:
    project.write(a=f"{NO_TRANSACTION}create table a (); select 1/0;")
    project.apply()
    project.write(a="create table if not exists a ();")

    project.run("--mark", "a.sql=pending")
    project.apply()

    assert project.states() == {"a": "applied"}


def test_a_wrong_mark_is_misuse(project: Project) -> None:
    project.write(a="select 1")
    project.apply()

    for mark in ("a.sql", "a.sql=done", "b.sql=applied"):
        assert project.run("--mark", mark).returncode == 2
    assert project.states() == {"a": "applied"}


def test_a_mark_records_the_file_that_has_it(project: Project) -> None:
    project.write(a=f"{NO_TRANSACTION}create table a (); select 1/0;")
    project.apply()
    project.write(a=f"{NO_TRANSACTION}create table a ();")

    project.run("--mark", "a.sql=applied")

    assert project.run("--check").returncode == 0


def test_a_mark_needs_records(project: Project) -> None:
    project.write(a="select 1")

    said = project.run("--mark", "a.sql=applied")

    assert said.returncode == 2
    assert "This database has no records of patches yet" in said.stderr
    assert project.query("select to_regclass('patch_db.patches')") == [None]


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_mark_does_not_overwrite_what_happened_while_it_waited(
    project: Project, is_killed: bool
) -> None:
    project.write(a=f"{NO_TRANSACTION}create table a ();\n{GATE}")
    with closed_gate(project):
        runner = started(project)
        if is_killed:
            runner.kill()
        mark = project.start("--mark", "a.sql=pending")
        wait_for_waiting(project)

    said = finish(mark)

    assert said.returncode == 1
    assert "a.sql was applying, and became applied while --mark waited" in said.stderr
    assert project.states() == {"a": "applied"}


def test_a_wrong_baseline_can_be_undone(project: Project) -> None:
    project.write(a="create table a ()")
    project.run("--yes")

    marked = project.run("--mark", "a.sql=pending")

    assert (marked.returncode, marked.stdout) == (0, "a.sql: baseline -> pending\n")
    assert project.apply().returncode == 0
    assert project.tables() == {"a"}


def test_a_check_fails_while_a_patch_is_unfinished(project: Project) -> None:
    project.write(a=f"{NO_TRANSACTION}select 1/0;")
    project.apply()

    said = project.run("--check")

    assert said.returncode == 1
    assert "a.sql is applying: another patch_db is at work, which --status shows" in said.stderr
