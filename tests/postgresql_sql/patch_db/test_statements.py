"""What must not be in a patch: it could end its own transaction, or be more than its text."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from schema.patch_db.errors import OwnTransaction, RawVariable, Unclear, WrongCommand
from schema.patch_db.statements import Check
from tests.postgresql_sql.patch_db.patching import NO_TRANSACTION, Project


def check(sql: str, *, in_transaction: bool = True) -> None:
    Check(Path("a.sql"), sql, in_transaction=in_transaction).run()


@pytest.mark.parametrize(
    "sql",
    [
        "begin;\ncreate table a ();\ncommit;",
        "create table a (); commit; create table b ();",
        "create table a (); /* ; /* ; */ */ rollback",
        "select 1 \\g\nend;",
        "start transaction",
        "select 'it''s', E'\\'', $x$ $$ $x$, \"a;b\"; abort;",
        "copy a from stdin;\n1\n\\.\ncommit;",
        "create function f() returns int begin atomic select 1; end; commit;",
        "create function f(begin date) returns date language sql as 'select $1'; commit;",
        "select 1); select (1); commit;",
        "copy (select 1 from stdin) to stdout; commit;",
        "create function f() returns int begin atomic end; end;",
        "select 1 as €$x$; commit; select 1 as €$x$;",
        "prepare transaction 'x'",
    ],
)
def test_a_statement_that_ends_the_transaction_is_found(sql: str) -> None:
    with pytest.raises(OwnTransaction):
        check(sql)


@pytest.mark.parametrize(
    "command",
    [
        *("\\c postgres", "\\connect - bob", "\\i b.sql", "\\ir b.sql", "\\include b.sql", "\\q"),
        *("\\set ON_ERROR_STOP 0", "\\set 'ON_ERROR_STOP' off", "\\unset ON_ERROR_STOP"),
        *("\\set AUTOCOMMIT off", "\\! true", "\\o file", "\\gexec", "\\g file", "\\g | cat"),
        *("\\echo `true`", "\\echo x \\! true", "\\echo x \\\\ commit;", "\\gset x \\gexec"),
        *(
            "\\copy a from b",
            "\\copy a to program 'cat'",
            "\\getenv x y",
            "\\: commit",
            "\\; commit",
        ),
        *("\\set patch_db_state skipped", "\\if true", "\\elif ture", "\\else", "\\endif"),
    ],
)
def test_a_command_that_is_not_known_to_be_safe_is_found(command: str) -> None:
    with pytest.raises(WrongCommand) as error:
        check(f"select 1\n  {command}")

    assert error.value.args[1:] == (2, command)


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 as €$x$;\n\\! true\nselect 1 as €$x$;",
        "copy a from stdin (;\n\\! true\n\\.\n",
        "copy a from stdin with csv;\n1\n\\. \n/*\n\\.\n\\! true\n--*/",
        "create function f(begin int) return 1; copy a from stdin;\n'\n\\.\n\\! true\n--'",
    ],
)
def test_a_hidden_command_is_found(sql: str) -> None:
    with pytest.raises(WrongCommand, match=r"! true"):
        check(sql, in_transaction=False)


@pytest.mark.parametrize("name", ["x", "1x", "1", "é"])
def test_a_variable_that_could_be_any_sql_is_found(name: str) -> None:
    with pytest.raises(RawVariable) as error:
        check(f"select 'commit' as \"{name}\" \\gset\n:{name};")

    assert error.value.args[1:] == (2, name)


@pytest.mark.parametrize(
    "sql",
    [
        "copy a from stdin; \\! true\n1\n\\.\n",
        "copy a from stdin; commit;\n1\n\\.\n",
        "select E'a'\n'\\''; commit; --';",
        "select E'a' -- b\n'\\''; commit; --';",
        "select 1xe'\\'' \\! true\n';",
        "select 1.e'\\'' \\! true\n';",
        "select 1a$x$; commit; select $x$ $x$",
        "set standard_conforming_strings = off; select 'x\\' , ' \\! true\n--';",
        "select set_config('Standard_Conforming_Strings', 'off', true)",
        'set "client_encoding" = SJIS',
        "set names 'SJIS'",
        "create function begin() returns int language sql as 'select 1'; end;",
        "create function f() returns int begin atomic select 1 as case; end; commit; end;",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(sql: str) -> None:
    with pytest.raises(Unclear):
        check(sql)


def test_text_that_only_looks_like_a_transaction_is_applied(project: Project) -> None:
    texts = [
        "-- commit;\nselect 1;",
        "/* ; /* */ ; commit; */ select 1;",
        "select '; commit; ', E'\\'; commit;', $$; commit; $$, $x$ $$; commit; $x$;",
        'select 1 as "; commit;";',
        "create table a (x text);\ncopy a from stdin; -- these\n; commit;\n'\n\\.\nselect 1;",
        "create function f() returns int begin atomic select case when true then 1 end; end;",
        "create or replace procedure g() begin atomic select 1; select 2; end;",
        "create function h(begin date, \"end\" int) returns date language sql as 'select $1';",
        "do $$ begin perform 1; end $$;",
        "savepoint x; rollback to x; rollback work to savepoint x; release x;",
        "create table commit (\"begin\" int); comment on table commit is 'x';",
        "create table r (); create rule r as on insert to r do also (select 1; select 2);",
        '\\echo "it\'s;"\nselect 1 as begin \\gset\nselect 1;',
        "\\set x 5\nselect :'x'::int, (array[1, 2])[1: 2], 1e-5, .5, 1.;\n\\qecho",
        "select set_config('work_mem', current_setting('work_mem'), true);show client_encoding;",
        "select E'a', E'b''c\\\\', 'a'\n'b', date'2026-01-01';",
    ]
    project.write(**{f"{number:02}": text for number, text in enumerate(texts)})

    said = project.apply()

    assert said.stderr == ""
    assert set(project.states().values()) == {"applied"}
    assert len(project.states()) == len(texts)


def test_a_long_patch_is_read_in_a_time_that_grows_with_it() -> None:
    rows = "".join(f"insert into t values ({n}, 'text', null);\n" for n in range(40_000))
    began = time.process_time()

    check(rows)

    assert time.process_time() - began < 10  # it was 40 s


@pytest.mark.parametrize("text", ["'{}'", "E'{}'", "$${}$$", "/*{}*/", '"{}"', "-- {}"])
def test_a_long_literal_is_read_without_copies(text: str) -> None:
    sql = text.format("x" * 2_000_000)
    tracemalloc.start()

    check(sql)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 3 * len(sql)


def test_a_patch_with_its_own_transaction_is_refused(project: Project) -> None:
    project.write(a="create table first ()", b="create table b ();\nCommit;")

    said = project.apply()

    assert said.returncode == 1
    assert 'b.sql:2: "commit" would end patch_db\'s transaction' in said.stderr
    assert 'begin the file with the line "-- patch_db: no-transaction"' in said.stderr
    assert project.tables() == set()


@pytest.mark.parametrize(
    ("mark", "sql", "reason"),
    [
        ("", "\\i b.sql", 'a.sql:2: delete "\\i b.sql"'),
        ("", "\\if :hast\nselect 1;\n\\endif", 'a.sql:2: delete "\\if :hast"'),
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
