"""Patches that would end their own transaction or connection."""

from __future__ import annotations

import pytest

from schema.patch_db.statements import ends_transaction, wrong_command
from tests.postgresql_sql.patch_db.patching import NO_TRANSACTION, Project


@pytest.mark.parametrize(
    "sql",
    [
        "begin;\ncreate table a ();\ncommit;",
        "create table a (); commit; create table b ();",
        "create table a (); /* ; /* ; */ */ rollback",
        "select 1 \\; Commit",
        "select 1 \\g\nend;",
        "start transaction",
        "select 'it''s', E'\\'', $x$ $$ $x$, \"a;b\"; abort;",
        "copy a from stdin;\n1\n\\.\ncommit;",
        "create function f() returns int begin atomic select 1; end; commit;",
        "prepare transaction 'x'",
    ],
)
def test_a_statement_that_ends_the_transaction_is_found(sql: str) -> None:
    assert ends_transaction(sql)


def test_a_patch_with_its_own_transaction_is_refused(project: Project) -> None:
    project.write(a="create table first ()", b="create table b ();\nCommit;")

    said = project.apply()

    assert said.returncode == 1
    assert 'b.sql:2: "commit" would end patch_db\'s transaction' in said.stderr
    assert 'begin the file with the line "-- patch_db: no-transaction"' in said.stderr
    assert project.tables() == set()


def test_text_that_only_looks_like_a_transaction_is_applied(project: Project) -> None:
    texts = [
        "-- commit;\nselect 1;",
        "/* ; /* */ ; commit; */ select 1;",
        "select '; commit; ', E'\\'; commit;', $$; commit; $$, $x$ $$; commit; $x$;",
        'select 1 as "; commit;";',
        "create table a (x text);\ncopy a from stdin;\n; commit;\n'\n\\.\nselect 1;",
        "create table b (x text);\n\\copy b from stdin\n; commit;\n'\n\\.\nselect 1;",
        "create function f() returns int begin atomic select case when true then 1 end; end;",
        "create or replace procedure g() begin atomic select 1; select 2; end;",
        "do $$ begin perform 1; end $$;",
        "savepoint x; rollback to x; rollback work to savepoint x; release x;",
        "create table commit (\"begin\" int); comment on table commit is 'x';",
        '\\echo "it\'s;"\nselect 1 as begin \\gset\nselect 1;',
    ]
    project.write(**{f"{number:02}": text for number, text in enumerate(texts)})

    said = project.apply()

    assert said.stderr == ""
    assert set(project.states().values()) == {"applied"}
    assert len(project.states()) == len(texts)


@pytest.mark.parametrize(
    "sql",
    [
        "\\c postgres",
        "\\connect - bob",
        "\\set ON_ERROR_STOP 0",
        "select 1\n\\unset  ON_ERROR_STOP",
    ],
)
def test_a_command_that_patch_db_cannot_allow_is_found(sql: str) -> None:
    assert wrong_command(sql)


@pytest.mark.parametrize("mark", ["", NO_TRANSACTION])
def test_a_patch_that_would_connect_to_another_database_is_refused(
    project: Project, mark: str
) -> None:
    project.write(a=f"{mark}create table a ();\n\\c postgres\n")

    said = project.apply()

    assert said.returncode == 1
    assert 'delete "\\c"; patch_db needs its own connection' in said.stderr
    assert project.tables() == set()


def test_a_commit_that_cannot_be_seen_does_not_hide_an_interruption(project: Project) -> None:
    project.write(a="create table a ();\nselect 'commit' \\gexec\nselect 1/0;")

    said = project.apply()

    assert said.returncode == 1
    assert "--mark a.sql=applied if it is complete" in said.stderr
    assert project.tables() == {"a"}
    assert project.states() == {"a": "applying"}


def test_a_patch_that_rolls_itself_back_is_not_recorded(project: Project) -> None:
    project.write(a="create table a ();\nselect 'rollback' \\gexec\n")

    said = project.apply()

    assert said.returncode == 1
    assert 'a.sql ended without an error, but is recorded as "pending"' in said.stderr
    assert project.states() == {}


def test_a_patch_may_change_the_role_and_the_search_path(project: Project) -> None:
    project.write(a="set role pg_monitor; set search_path to nowhere;")

    assert project.apply().stderr == ""
    assert project.states() == {"a": "applied"}
