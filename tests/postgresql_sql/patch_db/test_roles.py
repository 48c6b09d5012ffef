"""Patches run as another role, and sessions of other users."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.postgresql_sql.patch_db.gate import GATE, child_of, closed_gate, started
from tests.postgresql_sql.patch_db.patching import Project, finish, wait_until


@pytest.fixture
def role(project: Project) -> Iterator[str]:
    """Return the name of a role that may create schemas and tables."""
    [database] = project.query("select current_database()")
    role, create = sql.Identifier(f"owner of {database}"), sql.SQL("create role {}")
    with psycopg.connect(project.url, autocommit=True) as connection:
        connection.execute(create.format(role))
        for where in (sql.SQL("schema public"), sql.SQL("database {}")):
            grant = sql.SQL("grant create on {} to {}")
            connection.execute(grant.format(where.format(sql.Identifier(database)), role))
        yield f"owner of {database}"
        connection.execute(sql.SQL("drop owned by {0} cascade; drop role {0}").format(role))


def test_a_role_owns_what_is_created(project: Project, role: str) -> None:
    project.write(a="create table a ()")

    project.apply("--role", role)

    owners = "select tableowner from pg_tables where schemaname in ('public', 'patch_db')"
    assert project.query(owners) == [role, role]
    assert project.query("select by from patch_db.patches") == ["postgres"]


def test_a_role_need_not_be_allowed_to_end_a_session(project: Project, role: str) -> None:
    project.write(a="create table a ();\nselect pg_sleep(20);")
    child = project.start("--yes", "--baseline", "none", "--role", role)
    wait_until(
        lambda: project.query("select pid from pg_stat_activity where wait_event = 'PgSleep'")
    )

    psutil.Process(child.pid).children()[0].kill()

    assert "patch_db: a.sql failed, and its transaction was rolled back." in finish(child).stderr
    assert project.states() == {}


def test_a_failed_patch_ends_no_session_of_another_user(project: Project, role: str) -> None:
    project.write(a=f"{GATE}select 1/0")
    project.execute(f"alter role \"{role}\" login password 'theirs'")
    theirs = make_conninfo(project.url, user=role, password="theirs")
    with psycopg.connect(theirs, autocommit=True) as session, closed_gate(project):
        runner = started(project)
        session.execute("select pg_advisory_lock_shared(1885434979, 2)")
        child_of(runner).kill()

        assert "a.sql failed, and its transaction was rolled back" in finish(runner).stderr
        assert session.execute("select 1").fetchone() == (1,)
