"""The owner's view of the test database, and new databases beside it."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.serving import ROOT

URL = os.environ["POSTGRESQL_SQL_URL"]
Sql = Callable[..., list[tuple[object, ...]]]


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs: the server's, not an older one on PATH."""
    from backends.postgresql_sql.server import BACKEND

    directory = BACKEND.programs()
    found = directory / name if directory else shutil.which(name)
    assert found, f"{name} is not installed"
    return str(found)


def psql(url: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run psql on the database; its errors are in `stderr`."""
    command = [program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *options, url]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def url_of(database: str, role: str | None = None) -> str:
    """Return the URL of a database of the test server, for the owner or another role.

    A server that asks for a password, as in containers, has the application's for all roles.
    """
    parts = urlsplit(URL)
    where = parts.netloc.rpartition("@")[2]
    password = connection.settings_dict["TEST"]["PASSWORD"]
    if role and password:
        with psycopg.connect(URL, autocommit=True) as server:
            server.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), password)
            )
    netloc = f"{role}:{password}@{where}" if role else parts.netloc
    return parts._replace(netloc=netloc, path=f"/{database}").geturl()


@contextmanager
def new_database() -> Iterator[str]:
    """Yield the URL of an empty database; drop it after the block."""
    name = f"empty_{secrets.token_hex(4)}"
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield url_of(name)
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def empty() -> Iterator[str]:
    """Return the URL of an empty database."""
    with new_database() as url:
        yield url


@pytest.fixture
def first(empty: str) -> str:
    """Return the URL of a database of the first version."""
    assert psql(empty, "-f", "schema/first_version/database.sql").stderr == ""
    return empty


@pytest.fixture
def today() -> Iterator[str]:
    """Return the URL of another database, which schema/database.sql has made."""
    with new_database() as url:
        assert psql(url, "-f", "schema/database.sql").stderr == ""
        yield url


@pytest.fixture
def owner(transactional_db: None) -> Iterator[Sql]:
    """Return a function that executes SQL in the test database, as its owner; empty the audit.

    Other tests have had rows with the same keys.
    """
    url = url_of(str(connection.settings_dict["NAME"]))
    with psycopg.connect(url, autocommit=True) as session:

        def execute(sql: str, *parameters: object) -> list[tuple[object, ...]]:
            cursor = session.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

        execute("DELETE FROM audit.changes")
        yield execute


def patch_db(url: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run patch_db on this project's patches."""
    command = [sys.executable, "-m", "schema.patch_db", *options, url]
    path = f"{Path(program('psql')).parent}:{os.environ['PATH']}"
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"PATH": path}
    )
