"""Programs that are run before and after a patch."""

from __future__ import annotations

import pytest

from tests.postgresql_sql.patch_db.patching import NO_TRANSACTION, Project


def test_hooks_are_run_before_and_after_the_sql(project: Project) -> None:
    project.hook("a.pre.sh", 'psql -Xqc "create table pre ()"')
    project.write(a="create table a (like pre)")
    project.hook("a.post.sh", 'psql -Xq "$PATCH_DSN" -c "create table post (like a)"')

    said = project.apply()

    assert [line for line in said.stdout.splitlines() if line.startswith("a.sql")] == [
        "a.sql: running a.pre.sh",
        "a.sql: applying",
        "a.sql: running a.post.sh",
        "a.sql: applied",
    ]
    assert project.tables() == {"pre", "a", "post"}
    assert project.states() == {"a": "applied"}


def test_a_hook_knows_its_patch_and_can_be_of_any_language(project: Project) -> None:
    project.file(
        "2026/it's.pre.py",
        "#!/usr/bin/env python3\nimport os\nprint('for', os.environ['PATCH_NAME'])\n",
        mode=0o755,
    )
    project.file("2026/it's.sql", "select 1")

    said = project.apply()

    assert "for 2026/it's.sql\n" in said.stdout


def test_several_hooks_are_run_in_the_order_of_their_names(project: Project) -> None:
    project.write(a="select 1")
    project.hook("a.post.sh", "echo third")
    project.hook("a.post.py", "echo second")
    project.hook("a.pre.sh", "echo first")

    said = project.apply().stdout

    assert said.index("first") < said.index("second") < said.index("third")


def test_a_hook_that_cannot_be_executed_stops_before_anything_is_applied(project: Project) -> None:
    project.write(a="create table a ()", b="create table b ()")
    project.file("b.post.sh", "#!/bin/sh\n")

    said = project.apply()

    assert said.returncode == 1
    assert "b.post.sh cannot be executed: chmod +x it. Nothing was applied." in said.stderr
    assert project.tables() == set()


def test_a_hook_without_a_patch_is_refused(project: Project) -> None:
    project.write(a="create table a ()")
    project.hook("A.post.sh", "true")

    said = project.apply()

    assert said.returncode == 1
    assert "A.post.sh belongs to no patch" in said.stderr


def test_a_hook_without_an_interpreter_is_an_error_in_words(project: Project) -> None:
    project.write(a="create table a ()")
    project.file("a.pre.sh", "#!/no/such/interpreter\n", mode=0o755)

    said = project.apply()

    assert said.returncode == 1
    assert "a.pre.sh failed: No such file or directory" in said.stderr
    assert project.tables() == set()


def test_nothing_is_recorded_when_a_pre_hook_fails(project: Project) -> None:
    project.write(a="create table a ()")
    project.hook("a.pre.sh", "exit 4")

    said = project.apply()

    assert said.returncode == 1
    assert "a.pre.sh failed: exit code 4. The next run executes it again." in said.stderr
    assert project.states() == {}
    assert project.tables() == set()


@pytest.mark.parametrize("mark", ["", NO_TRANSACTION])
def test_a_failed_post_hook_is_run_again_before_the_next_patch(project: Project, mark: str) -> None:
    project.write(a=f"{mark}create table a ();", b="create table b (like post)")
    project.hook("a.post.sh", "exit 4")

    failed, state = project.apply(), project.states()
    project.hook("a.post.sh", 'psql -Xqc "create table post ()"')
    again = project.apply()

    assert (failed.returncode, state) == (1, {"a": "post"})
    assert (again.returncode, project.states()) == (0, {"a": "applied", "b": "applied"})


def test_a_post_hook_that_was_deleted_is_missed(project: Project) -> None:
    project.write(a="create table a ()")
    hook = project.hook("a.post.sh", "exit 4")
    project.apply()
    hook.unlink()

    missed, marked = project.apply(), project.run("--mark", "a.sql=applied")

    assert missed.returncode == 1
    assert "a.sql was applied without its post hook, which is missing now" in missed.stderr
    assert (marked.returncode, project.states()) == (0, {"a": "applied"})


def test_a_post_hook_that_is_left_is_still_to_do(project: Project) -> None:
    project.write(a="create table a ()")
    project.hook("a.post.sh", "exit 4")
    project.apply()

    status, dry = project.run("--status"), project.run("--dry-run")

    assert (status.returncode, status.stdout) == (3, "post      a.sql\n")
    assert dry.stdout == "a.sql: a.post.sh would be run\n"
