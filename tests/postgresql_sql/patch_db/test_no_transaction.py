"""Patches that are not run in a transaction."""

from __future__ import annotations

import psycopg

from tests.postgresql_sql.patch_db.patching import NO_TRANSACTION, Project


def test_an_index_can_be_created_concurrently(project: Project) -> None:
    project.write(
        a="create table a (x int)", b=f"{NO_TRANSACTION}create index concurrently i on a (x);"
    )

    project.apply()

    assert project.query("select indisvalid from pg_index where indrelid = 'a'::regclass") == [True]
    assert project.states() == {"a": "applied", "b": "applied"}


def test_a_patch_without_a_transaction_may_have_its_own(project: Project) -> None:
    project.write(a=f"{NO_TRANSACTION}begin; create table a (); commit;")

    project.apply()

    assert project.states() == {"a": "applied"}


def test_a_mark_with_a_slip_is_refused(project: Project) -> None:
    project.write(a="-- patch_db: no transaction\ncreate table a ();")

    said = project.apply()

    assert said.returncode == 1
    assert 'the only first line for patch_db is "-- patch_db: no-transaction"' in said.stderr


def test_a_half_applied_patch_stops_every_run_until_it_is_marked(project: Project) -> None:
    project.write(a=f"{NO_TRANSACTION}create table a (); select 1/0;", b="create table b ()")

    failed, again = project.apply(), project.apply()

    assert "--mark a.sql=applied if it is complete, or --mark a.sql=pending" in failed.stderr
    assert "a.sql was interrupted" in again.stderr
    assert (failed.returncode, again.returncode) == (1, 1)
    assert project.states() == {"a": "applying"}
    assert project.tables() == {"a"}


def test_waiting_for_a_lock_ends_with_a_hint(project: Project) -> None:
    project.write(a="create table a ()")
    project.apply()
    project.write(b="alter table a add x int")

    with psycopg.connect(project.url) as other:
        other.execute("select * from a")
        said = project.run("--yes", "--lock-timeout", "100ms")

    assert said.returncode == 1
    assert "canceling statement due to lock timeout" in said.stderr
    assert "longer --lock-timeout" in said.stderr
    assert project.states() == {"a": "applied"}


def test_a_mark_is_seen_behind_a_byte_order_mark(project: Project) -> None:
    project.write(
        a=f"\ufeff{NO_TRANSACTION}create table a (x int); create index concurrently i on a (x);"
    )

    said = project.apply()

    assert said.stderr == ""
    assert project.states() == {"a": "applied"}
