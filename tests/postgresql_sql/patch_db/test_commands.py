"""The commands that look or ask."""

from __future__ import annotations

import pytest

from tests.postgresql_sql.patch_db.patching import Project


def test_status_lists_every_patch_and_says_whether_one_is_pending(project: Project) -> None:
    project.write(a="select 1")
    project.run("--yes")
    project.write(b="select 1")
    project.apply()

    done = project.run("--status")
    project.write(c="select 1")
    pending = project.run("--status")

    assert (done.returncode, pending.returncode) == (0, 3)
    assert pending.stdout.splitlines() == ["baseline  a.sql", "applied   b.sql", "pending   c.sql"]


def test_status_shows_what_the_first_run_would_register(project: Project) -> None:
    project.write(a="select 1")

    said = project.run("--status")

    assert said.returncode == 3
    assert said.stdout == (
        "baseline  a.sql\nThere are no records yet: the first run registers the baseline.\n"
    )


def test_a_dry_run_writes_nothing(project: Project) -> None:
    project.write(a="create table a ()", b="create table b ()")
    project.hook("b.pre.sh", "false")

    said = project.run("--dry-run", "--baseline", "a.sql")

    assert said.returncode == 0
    assert said.stdout.splitlines() == [
        "a.sql: would be registered as baseline",
        "b.sql: b.pre.sh would be run",
        "b.sql: would be applied",
    ]
    assert project.tables() == set()
    assert project.query("select to_regclass('patch_db.patches')") == [None]


def test_a_dry_run_finds_what_a_run_would_refuse(project: Project) -> None:
    project.write(a="commit")

    assert project.run("--dry-run", "--baseline", "none").returncode == 1


@pytest.mark.parametrize(("text", "change"), [("select 2", "was changed"), (None, "is missing")])
def test_a_change_of_an_applied_patch_is_noticed(
    project: Project, text: str | None, change: str
) -> None:
    project.write(a="select 1")
    project.apply()
    before = project.run("--check")

    (project.patches / "a.sql").unlink()
    project.write(**({"a": text} if text else {}))
    after, run = project.run("--check"), project.apply()

    assert (before.returncode, after.returncode, run.returncode) == (0, 1, 0)
    assert after.stderr == f"patch_db: Patches are not what was applied: a.sql {change}.\n"
    assert run.stderr == f"warning: applied patch a.sql {change}\n"


def test_an_older_patch_is_announced_and_strict_refuses_it(project: Project) -> None:
    project.write(b="select 1")
    project.apply()
    project.write(a="select 1", c="select 1")

    strict, said = project.apply("--strict"), project.apply()

    assert (strict.returncode, said.returncode) == (1, 0)
    assert "a.sql is pending and older than b.sql" in strict.stderr
    assert "warning: a.sql is older than b.sql, which is applied" in said.stderr
    assert project.states() == {"a": "applied", "b": "applied", "c": "applied"}


def test_a_later_baseline_is_ignored_aloud(project: Project) -> None:
    project.apply()

    assert "--baseline is for the first run, and was ignored." in project.apply().stdout


def test_each_patch_is_asked_for_in_a_terminal(project: Project) -> None:
    names = "abcde"
    project.write(**{x: f"-- Why {x}.\n-- It is so.\ncreate table {x} ();" for x in names})

    said = project.answer("y", "n", "s", "what?", "", "Y", "q")

    assert said.returncode == 0
    assert "a.sql\n-- Why a.\n-- It is so.\nApply it? y (yes), n (not now), s (skip" in said.stdout
    assert project.states() == {"a": "applied", "c": "skipped", "d": "applied"}
    assert project.tables() == {"a", "d"}


def test_a_skipped_patch_is_never_pending_again(project: Project) -> None:
    project.write(a="create table a ()")
    project.answer("s")

    assert project.apply().stdout.endswith("Nothing is pending.\n")
    assert project.run("--status").returncode == 0


def test_the_end_of_the_answers_applies_nothing_more(project: Project) -> None:
    project.write(a="create table a ()", b="create table b ()")

    project.answer("y", "\x04")

    assert project.states() == {"a": "applied"}


def test_without_a_terminal_nothing_is_asked(project: Project) -> None:
    project.write(a="create table a ()")

    said = project.run("--baseline", "none")

    assert said.returncode == 2
    assert "There is no terminal to ask for each patch: use --yes" in said.stderr
    assert project.query("select to_regclass('patch_db.patches')") == [None]


def test_a_missing_directory_is_misuse(project: Project) -> None:
    project.patches.rmdir()

    assert project.run("--status").returncode == 2


def test_a_strict_dry_run_refuses_an_older_patch_as_a_run_does(project: Project) -> None:
    project.write(b="select 1")
    project.apply()
    project.write(a="select 1")

    strict, said = project.run("--dry-run", "--strict"), project.run("--dry-run")

    assert (strict.returncode, said.returncode) == (1, 0)
    assert "a.sql is pending and older than b.sql" in strict.stderr


def test_a_change_of_a_skipped_patch_is_no_change_of_an_applied_one(project: Project) -> None:
    project.write(a="create table a ()")
    project.answer("s")
    project.write(a="create table b ()")

    said = project.run("--check")

    assert (said.returncode, said.stderr) == (0, "")
