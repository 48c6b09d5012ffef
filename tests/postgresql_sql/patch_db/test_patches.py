"""Which patches are applied, in which order, and how often."""

from __future__ import annotations

import pytest

from tests.postgresql_sql.patch_db.patching import Project


def test_the_first_run_registers_all_patches(project: Project) -> None:
    project.write(a="create table a ()", b="create table b ()")

    said = project.run("--yes")

    assert said.returncode == 0
    assert said.stdout == (
        "Patches that the first run registers as baseline: 2\n"
        "a.sql: baseline\nb.sql: baseline\nNothing is pending.\n"
    )
    assert project.states() == {"a": "baseline", "b": "baseline"}
    assert project.tables() == set()


def test_the_first_run_can_register_none(project: Project) -> None:
    project.write(a="create table a ()")

    project.run("--yes", "--baseline", "none")

    assert project.states() == {"a": "applied"}


def test_the_first_run_can_register_patches_up_to_a_name(project: Project) -> None:
    project.write(a="create table a ()", b="create table b ()", c="create table c ()")

    project.run("--yes", "--baseline", "b.sql")

    assert project.states() == {"a": "baseline", "b": "baseline", "c": "applied"}
    assert project.tables() == {"c"}


def test_an_unknown_baseline_registers_nothing(project: Project) -> None:
    said = project.run("--yes", "--baseline", "b.sql")

    assert said.returncode == 2
    assert "There is no patch b.sql" in said.stderr
    assert project.query("select to_regclass('patch_db.patches')") == [None]


def test_pending_patches_are_applied_once_and_in_order(project: Project) -> None:
    project.run("--yes")
    names = ["2026-01-01_b", "2026-01-01~02_a", "2026-01-02_a"]
    project.write(**{name: f'create table "{name}" ()' for name in reversed(names)})

    first, second = project.run("--yes"), project.run("--yes")

    assert [line for line in first.stdout.splitlines() if "applied" in line] == [
        f"{name}.sql: applied" for name in names
    ]
    assert (second.returncode, second.stdout) == (0, "Nothing is pending.\n")
    assert project.tables() == set(names)


def test_patches_can_be_in_folders(project: Project) -> None:
    project.file("2025/12/31_a.sql", "create table a ()")
    project.file("2026/01/01_b.sql", "create table b (like a)")

    project.apply()

    assert project.states() == {"2025/12/31_a": "applied", "2026/01/01_b": "applied"}


def test_a_failing_patch_is_neither_applied_nor_recorded(project: Project) -> None:
    # Without ON_ERROR_STOP, psql would go on, succeed, and the patch would be recorded.
    project.write(a="create table a ();\nselect 1/0;\ncreate table b ();", b="create table c ();")

    said = project.apply()

    assert said.returncode == 1
    assert f"psql:{project.patches}/a.sql:2: ERROR:  division by zero" in said.stderr
    assert "patch_db: a.sql failed, and its transaction was rolled back." in said.stderr
    assert project.states() == {}
    assert project.tables() == set()


def test_the_last_statement_needs_no_semicolon(project: Project) -> None:
    project.write(a="create table a ();\ncreate table b ()")

    project.apply()

    assert project.tables() == {"a", "b"}
    assert project.states() == {"a": "applied"}


@pytest.mark.parametrize("sql", ["create table a (); select 'x", "/* x", "select $$ x"])
def test_an_unfinished_patch_fails(project: Project, sql: str) -> None:
    project.write(a=sql)

    assert project.apply().returncode == 1
    assert project.states() == {}


def test_the_order_is_that_of_code_points(project: Project) -> None:
    project.write(a="create table a (like b)", B="create table b ()")
    project.file("é.sql", "create table c (like a)")

    said = project.apply()

    assert said.stderr == ""
    assert [line for line in said.stdout.splitlines() if "applied" in line] == [
        "B.sql: applied",
        "a.sql: applied",
        "é.sql: applied",
    ]
