"""Which files are patches, and what is in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from schema.patch_db.errors import NotFile, UnsafeName, WrongSuffix
from schema.patch_db.patches import read_patches
from tests.postgresql_sql.patch_db.patching import Project


def test_odd_names_work(project: Project) -> None:
    names = ["it's", 'say "hi"', "a b", "-f", "100%", ":x :'y'", "a\\b", "a=b", "é", "$HOME {}"]
    for number, name in enumerate(names):
        project.file(f"{name}.sql", f"create table table_{number} ()")

    said = project.apply()

    assert said.stderr == ""
    assert project.states() == dict.fromkeys(names, "applied")
    assert len(project.tables()) == len(names)


@pytest.mark.parametrize("name", [b"a\nb.sql", b"a\x1b[2J.sql", b"\xff.sql"])
def test_a_name_that_cannot_be_shown_is_refused(project: Project, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(project.patches) + b"/" + name)).touch()

    with pytest.raises(UnsafeName):
        read_patches(project.patches)


def test_hidden_files_are_no_patches(project: Project) -> None:
    project.file(".a.sql", "no SQL")
    project.file(".git/a.sql", "no SQL")

    assert project.apply().returncode == 0
    assert project.states() == {}


@contextmanager
def not_root() -> Iterator[None]:
    """Let a user run the block who may not read everything, as root may."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_directory_that_cannot_be_read_is_not_left_out(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.file("2026/a.sql", "select 1").parent.chmod(0)
    monkeypatch.chdir(project.patches)

    with not_root(), pytest.raises(PermissionError, match="2026"):
        read_patches(Path())


def test_a_name_with_pre_or_post_in_it_can_be_a_patch(project: Project) -> None:
    project.file("a.prelude.sql", "select 1")
    project.file("posts/pre.sql", "select 1")

    assert [patch.name for patch in read_patches(project.patches)] == [
        "a.prelude.sql",
        "posts/pre.sql",
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("a.SQL", "2026/a.Post.py", "b.sql ", "b.sql\t", "a.post", "a.post.my-hook"),
        *("a.post.1.sh", "a.pre-1.sh", "a.post.sh~", "a.PRE", "a.present.txt"),
    ],
)
def test_a_name_that_is_only_like_a_patch_is_refused(project: Project, name: str) -> None:
    project.write(a="select 1")
    project.file(name, "")

    with pytest.raises(WrongSuffix, match="' is like a patch or a hook, and is none"):
        read_patches(project.patches)


@pytest.mark.parametrize("target", ["missing.sql", "."])
def test_a_link_that_would_silently_be_no_patch_is_refused(project: Project, target: str) -> None:
    project.write(a="select 1")
    (project.patches / "b.sql").symlink_to(target)

    with pytest.raises(NotFile, match=r"b\.sql is neither a file nor a directory that is here"):
        read_patches(project.patches)


def test_a_link_to_a_file_is_a_patch(project: Project, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("create table a ()")
    (project.patches / "a.sql").symlink_to(tmp_path / "x")

    project.apply()

    assert project.tables() == {"a"}


@pytest.mark.parametrize("encoding", ["utf-16-be", "latin1"])
def test_a_patch_that_is_not_utf_8_is_refused(project: Project, encoding: str) -> None:
    project.write(a="create table a ()")
    (project.patches / "b.sql").write_bytes("create table b (é int);\n".encode(encoding))

    said = project.apply()

    assert said.returncode == 1
    assert "b.sql is not UTF-8, or has a NUL" in said.stderr
    assert project.tables() == set()


def test_a_patch_with_a_nul_is_refused(project: Project) -> None:
    project.write(a="create table a ();\0 create table b ();\n")

    assert "a.sql is not UTF-8, or has a NUL" in project.apply().stderr
    assert project.tables() == set()


def test_a_byte_order_mark_is_ignored(project: Project) -> None:
    project.write(a="\ufeff-- patch_db: no-transaction\nselect 1/0", b="\ufeffcreate table b ()")
    project.apply("--baseline", "a.sql")

    assert project.states() == {"a": "baseline", "b": "applied"}


def test_what_was_checked_is_executed_and_recorded(project: Project) -> None:
    project.write(a="create table a ()")
    project.hook("a.pre.sh", f"echo 'create table other (); commit;' > {project.patches}/a.sql")

    project.apply()
    project.write(a="create table a ()")

    assert project.tables() == {"a"}
    assert project.run("--check").returncode == 0


def test_patches_are_utf_8_in_a_database_that_is_not(
    project: Project, server_url: str, tmp_path: Path
) -> None:
    name = f"{project.query('select current_database()')[0]}_latin"
    template = "encoding latin1 locale 'C' template template0"
    project.execute(f"create database {name} {template}")
    other = Project(make_conninfo(server_url, dbname=name), tmp_path / "latin", project.output)
    other.file("é.sql", "create table a as select 'é' as x")

    said = other.apply()
    found = other.query("select length(x) from a"), other.states()
    project.execute(f"drop database {name} with (force)")

    assert said.stderr == ""
    assert found == ([1], {"é": "applied"})
