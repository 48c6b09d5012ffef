"""A project with an empty database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.postgresql_sql.patch_db.patching import Project

Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="session")
def server_url() -> str:
    """Return the URL of a database on the test server, of a role that may create others."""
    return os.environ["POSTGRESQL_SQL_URL"]


@contextmanager
def new_database(server_url: str) -> Iterator[str]:
    """Let the block have a new database; yield its URL."""
    name = f"patch_db_{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        yield make_conninfo(server_url, dbname=name)
        drop = sql.SQL("drop database {} with (force)")
        server.execute(drop.format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def database_url(server_url: str) -> Iterator[str]:
    """Return the URL of a new database, which is dropped after all tests."""
    with new_database(server_url) as url:
        yield url


@pytest.fixture
def other_project(server_url: str, tmp_path: Path, capfd: Output) -> Iterator[Project]:
    """Return a project with another database on the same server."""
    with new_database(server_url) as url:
        project = Project(url, tmp_path / "other", capfd)
        yield project
        project.close()


@pytest.fixture
def project(database_url: str, tmp_path: Path, capfd: Output) -> Iterator[Project]:
    """Return a project whose database is empty; its sessions are ended after the test."""
    project = Project(database_url, tmp_path, capfd)
    yield project
    project.close()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        connection.execute("drop schema if exists patch_db cascade; drop schema public cascade;")
        connection.execute("create schema public; grant usage on schema public to public;")
