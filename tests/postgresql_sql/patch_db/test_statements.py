"""Patches that would end their own transaction or connection."""

from __future__ import annotations

import pytest

from schema.patch_db.statements import ends_transaction, raw_variable, wrong_command
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
        "\\if false\nselect\n\\else\ncommit\n\\endif\n;",
        "\\if false\n(\n\\endif\ncommit;",
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
        "create function f() returns int begin atomic select case when true then 1 end; end;",
        "create or replace procedure g() begin atomic select 1; select 2; end;",
        "do $$ begin perform 1; end $$;",
        "savepoint x; rollback to x; rollback work to savepoint x; release x;",
        "create table commit (\"begin\" int); comment on table commit is 'x';",
        '\\echo "it\'s;"\nselect 1 as begin \\gset\nselect 1;',
        "\\set x 5\nselect :'x'::int, (array[1, 2])[1:2];\n\\if :{?x}\n\\qecho\n\\endif",
    ]
    project.write(**{f"{number:02}": text for number, text in enumerate(texts)})

    said = project.apply()

    assert said.stderr == ""
    assert set(project.states().values()) == {"applied"}
    assert len(project.states()) == len(texts)


@pytest.mark.parametrize(
    "command",
    [
        *("\\c postgres", "\\connect - bob", "\\i b.sql", "\\ir b.sql", "\\include b.sql", "\\q"),
        *("\\set ON_ERROR_STOP 0", "\\set 'ON_ERROR_STOP' off", "\\unset ON_ERROR_STOP"),
        *("\\set AUTOCOMMIT off", "\\! true", "\\o file", "\\gexec", "\\g file", "\\g | cat"),
        *("\\echo `true`", "\\echo x \\! true", "\\echo x \\\\ commit;", "\\gset x \\gexec"),
        *("\\copy a from b", "\\copy a to program 'cat'", "\\getenv x y", "\\: commit"),
    ],
)
def test_a_command_that_is_not_known_to_be_safe_is_found(command: str) -> None:
    assert wrong_command(f"select 1\n  {command}") == (2, command)


def test_a_variable_that_could_be_any_sql_is_found() -> None:
    assert raw_variable("\\set x commit\n:x;") == (2, "x")


@pytest.mark.parametrize(
    ("mark", "sql", "reason"),
    [
        ("", "\\i b.sql", 'a.sql:2: delete "\\i b.sql"'),
        (NO_TRANSACTION, "\\set x commit\n:x;", "a.sql:4: psql would put in the variable x"),
    ],
)
def test_a_patch_that_is_more_than_its_text_is_refused(
    project: Project, mark: str, sql: str, reason: str
) -> None:
    project.write(a=f"{mark}create table a ();\n{sql}\n")

    said = project.apply()

    assert said.returncode == 1
    assert reason in said.stderr
    assert project.tables() == set()


def test_a_patch_may_change_the_role_and_the_search_path(project: Project) -> None:
    project.write(a="set role pg_monitor; set search_path to nowhere;")

    assert project.apply().stderr == ""
    assert project.states() == {"a": "applied"}
