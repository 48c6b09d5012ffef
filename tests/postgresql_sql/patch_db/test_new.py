"""`--new`: the file of a new patch."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from tests.postgresql_sql.patch_db.patching import Project


@pytest.fixture
def repository(project: Project) -> Path:
    """Return the directory of the schema, which is in a git repository with one commit."""
    schema = project.patches.parent
    (schema / "database.sql").write_text("create table a ();\n")
    for words in ("init -q", "add .", "-c user.name=a -c user.email=a commit -qm a"):
        subprocess.run(["git", *words.split()], cwd=schema, check=True)  # noqa: S607
    return schema


def test_a_new_patch_is_the_last_of_its_day(project: Project) -> None:
    names = [project.run("--new", "Add uuid!", PATCH_DSN="").stdout for _ in range(3)]

    found = sorted(path.name for path in project.patches.iterdir())
    assert [Path(name.strip()).name for name in names] == found
    assert found == [f"{date.today()}{number}_add_uuid.sql" for number in ("", "~02", "~03")]
    assert (project.patches / found[0]).read_text() == "-- Add uuid!\n"


def test_a_new_patch_shows_what_has_changed_in_the_schema(
    project: Project, repository: Path
) -> None:
    (repository / "database.sql").write_text("create table a (uuid uuid);\r drop table a;\n")

    said = project.run("--new", "add uuid")

    text = Path(said.stdout.strip()).read_text()
    assert "-- -create table a ();\n" in text
    assert "-- +create table a (uuid uuid);\n--  drop table a;\n" in text
    assert all(line.startswith("--") for line in text.splitlines())


def test_a_new_patch_needs_words(project: Project) -> None:
    said = project.run("--new", "?")

    assert said.returncode == 2
    assert list(project.patches.iterdir()) == []


@pytest.mark.parametrize("others", [["2026/01_a.sql"], ["2026/{day}~20_z.sql", "2027.sql/a.txt"]])
def test_a_new_patch_sorts_behind_those_in_folders(project: Project, others: list[str]) -> None:
    names = [name.format(day=date.today()) for name in others]
    for name in names:
        project.file(name, "")

    said = project.run("--new", "next")

    new = Path(said.stdout.strip()).relative_to(project.patches).as_posix()
    assert new > names[0]


def test_a_new_patch_that_would_not_be_the_last_is_refused(project: Project) -> None:
    project.write(zzz="select 1")

    said = project.run("--new", "next")

    assert said.returncode == 2
    assert f"A new patch {date.today()}_next.sql would be older than zzz.sql" in said.stderr
    assert [path.name for path in project.patches.iterdir()] == ["zzz.sql"]


@pytest.mark.parametrize("words", ["patch_db: no-transaction", "\npatch_db: no-transaction"])
def test_the_words_of_a_new_patch_never_take_its_transaction(project: Project, words: str) -> None:
    said = project.run("--new", words)

    assert Path(said.stdout.strip()).read_text() == "-- Patch_db: no-transaction\n"


def test_a_name_that_is_too_long_is_an_error_in_words(project: Project) -> None:
    said = project.run("--new", "x" * 300)

    assert said.returncode == 1
    assert said.stderr.startswith("patch_db: [Errno 36] File name too long")
