"""Patches whose text was not checked, and that end the transaction in which they run."""

from __future__ import annotations

import pytest

from schema.patch_db import records
from schema.patch_db.apply import apply
from schema.patch_db.connection import connection_string
from schema.patch_db.errors import MaybeCommitted, PatchFailed
from schema.patch_db.lock import locked
from schema.patch_db.patches import read_patches
from tests.postgresql_sql.patch_db.patching import NO_TRANSACTION, Project


def apply_unchecked(project: Project) -> None:
    """Apply the only patch, as if the check had not found anything."""
    [patch] = read_patches(project.patches)
    dsn = connection_string(project.url, lock_timeout=None, role=None)
    with locked(dsn, wait=5) as session:
        records.create(session.connection, [])
        apply(patch, session)


@pytest.mark.parametrize("last", ["", "select 1/0;"], ids=["ends", "fails"])
@pytest.mark.parametrize("sql", ["rollback", "rollback; begin", "abort and chain"])
def test_nothing_is_committed_after_a_hidden_rollback(
    project: Project, sql: str, last: str
) -> None:
    project.write(a=f"create table a ();\n{sql};\ncreate table b ();\n{last}")

    with pytest.raises(PatchFailed, match=r"a\.sql failed, and its transaction was rolled back"):
        apply_unchecked(project)

    assert (project.states(), project.tables()) == ({}, set())


@pytest.mark.parametrize("last", ["", "select 1/0;"], ids=["ends", "fails"])
@pytest.mark.parametrize("sql", ["commit", "commit; begin", "end and chain"])
def test_a_hidden_commit_stops_every_run_until_the_patch_is_marked(
    project: Project, sql: str, last: str
) -> None:
    project.write(a=f"create table a ();\n{sql};\ncreate table b ();\n{last}")

    with pytest.raises(MaybeCommitted, match=r"a\.sql failed\. A part of it may be committed"):
        apply_unchecked(project)

    assert "--mark a.sql=applied if it is complete, or --mark" in project.apply().stderr
    assert (project.states(), project.tables()) == ({"a": "applying"}, {"a"})


def test_a_record_that_a_patch_has_deleted_is_missed(project: Project) -> None:
    project.write(a="create table a ();\ndelete from patch_db.patches;")

    with pytest.raises(PatchFailed):
        apply_unchecked(project)

    assert (project.states(), project.tables()) == ({}, set())


def test_a_transaction_that_a_patch_leaves_open_stops_every_run(project: Project) -> None:
    project.write(a=f"{NO_TRANSACTION}begin; create table a ();")

    said = project.apply()

    assert "a.sql has left a transaction open. A part of it may be committed" in said.stderr
    assert (project.states(), project.tables()) == ({"a": "applying"}, set())
