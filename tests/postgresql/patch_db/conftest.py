"""A project with a database of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.postgresql.patch_db.patching import Project


@pytest.fixture(scope="session")
def server_url() -> str:
    """Return the URL of a database on the test server, of a role that may create others."""
    return os.environ["POSTGRESQL_URL"]


@pytest.fixture
def project(server_url: str, tmp_path: Path) -> Iterator[Project]:
    """Return a project with an empty database, which is dropped after the test."""
    name = f"patch_db_{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        project = Project(make_conninfo(server_url, dbname=name), tmp_path)
        yield project
        project.close()
        server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
