"""How patch_db, psql and the hooks connect."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from schema.patch_db.connection import connection_string
from schema.patch_db.errors import InvalidUrl
from tests.postgresql_sql.patch_db.patching import Project, finish, wait_until


@pytest.mark.parametrize(
    ("options", "in_url", "timeout"),
    [
        ([], "", "5s"),
        ([], "-c lock_timeout=7s", "7s"),
        (["--lock-timeout", "9s"], "-c lock_timeout=7s", "9s"),
    ],
)
def test_the_options_of_the_url_are_kept(
    project: Project, options: list[str], in_url: str, timeout: str
) -> None:
    settings = ("lock_timeout", "work_mem", "application_name", "client_encoding")
    shown = " || ' ' || ".join(f"current_setting('{name}')" for name in settings)
    project.write(a=f"create table a as select {shown} as x")
    project.url = make_conninfo(project.url, options=f"{in_url} -c work_mem=8MB")

    project.apply(*options)

    assert project.query("select x from a") == [f"{timeout} 8MB patch_db a.sql UTF8"]


def test_a_backslash_is_no_escape_whatever_the_server_says(project: Project) -> None:
    project.write(a="create table a as select '\\' as x")
    project.url = make_conninfo(project.url, options="-c standard_conforming_strings=off")

    project.apply()

    assert project.query("select x from a") == ["\\"]


def test_the_options_of_the_environment_are_kept(project: Project) -> None:
    project.write(a="create table a as select current_setting('work_mem') as x")

    project.run("--yes", "--baseline", "none", PGOPTIONS="-c work_mem=8MB")

    assert project.query("select x from a") == ["8MB"]


def test_a_service_is_used_as_libpq_does(project: Project, tmp_path: Path) -> None:
    project.write(a="create table a as select current_setting('lock_timeout') as x")
    values = conninfo_to_dict(project.url) | {"options": "-c lock_timeout=8s"}
    lines = ["[shop]", *(f"{key}={value}" for key, value in values.items()), ""]
    (tmp_path / "services").write_text("\n".join(lines))
    services = {"PGSERVICEFILE": str(tmp_path / "services"), "PATCH_DSN": "service=shop"}

    said = project.run("--yes", "--baseline", "none", "--lock-timeout", "9s", **services)

    assert said.stderr == ""
    assert project.query("select x from a") == ["9s"]


def test_variables_of_another_server_are_not_mixed_with_the_url(project: Project) -> None:
    project.write(a="create table a ()")
    wrong = {"PGHOST": "192.0.2.1", "PGPORT": "1", "PGDATABASE": "other", "PGUSER": "other"}
    project.url = make_conninfo(project.url, port=conninfo_to_dict(project.url).get("port", 5432))

    said = project.run("--yes", "--baseline", "none", **wrong)

    assert said.stderr == ""
    assert project.states() == {"a": "applied"}


def test_the_password_is_in_no_argument_and_in_no_output(project: Project) -> None:
    project.write(a="select pg_sleep(20)")
    password = conninfo_to_dict(project.url).get("password", "hunter2")
    project.url = make_conninfo(project.url, password=password)
    child = project.start("--yes", "--baseline", "none")
    wait_until(lambda: project.sessions("patch_db a.sql"))

    [psql] = psutil.Process(child.pid).children()
    arguments, environment = psql.cmdline(), psql.environ()
    child.terminate()
    said = finish(child)

    assert environment["PGPASSWORD"] == password
    assert password not in f"{arguments} {said.stdout} {said.stderr}"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@nowhere@127.0.0.1:1/bank",
        "postgresql://me:hunter2/x@127.0.0.1:1/bank",
        "postgresql://me:x hunter2@127.0.0.1:1/bank",
        "postgresql://me:%hunter2@127.0.0.1:1/bank",
    ],
)
def test_a_wrong_url_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(InvalidUrl) as error:
        connection_string(url, lock_timeout=None, role=None)

    assert "hunter" not in str(error.value)


def test_a_wrong_url_is_misuse(project: Project) -> None:
    said = project.run("--status", PATCH_DSN="hunter2")

    assert said.returncode == 2
    assert said.stderr.startswith("patch_db: This is no URL of a PostgreSQL database")
    assert "hunter" not in said.stderr


def test_options_that_psql_cannot_be_given_are_refused(project: Project) -> None:
    said = project.run("--status", make_conninfo(project.url, keepalives_idle=9))

    assert said.returncode == 2
    assert "Leave keepalives_idle out of the URL" in said.stderr


def test_no_url_is_misuse(project: Project) -> None:
    said = project.run("--status", PATCH_DSN="")

    assert said.returncode == 2
    assert said.stderr.startswith("patch_db: No database is named: give its URL")


def test_a_server_that_does_not_answer_is_an_error_in_words(project: Project) -> None:
    url = f"postgresql://me:{quote('hunter2/@', safe='')}@127.0.0.1:1/bank"

    said = project.run("--status", PATCH_DSN=url)

    assert said.returncode == 1
    assert said.stderr.startswith("patch_db: the database refuses: connection ")
    assert "hunter" not in said.stderr


def test_psql_is_needed(project: Project, tmp_path: Path) -> None:
    project.write(a="select 1")

    said = project.run("--yes", "--baseline", "none", PATH=os.fspath(tmp_path))

    assert said.returncode == 1
    assert "psql is not on PATH" in said.stderr
    assert project.states() == {}


def test_a_server_that_ends_idle_sessions_does_not_end_the_lock(project: Project) -> None:
    project.write(a="select pg_sleep(1)", b="create table b ()")
    project.url = make_conninfo(project.url, options="-c idle_session_timeout=300ms")

    said = project.apply()

    assert (said.returncode, said.stderr) == (0, "")
    assert project.states() == {"a": "applied", "b": "applied"}
