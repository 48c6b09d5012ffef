"""The table patch_db.patches, which says what was applied to this database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import psycopg

from .patches import Patch

# A row is `applying` during a patch, and after one that was interrupted and has no transaction;
# `post` until the patch's post hooks have succeeded; `baseline` if the database was made with the
# patch.
TABLE = """
create schema if not exists patch_db;
create table patch_db.patches (
    name text primary key,
    state text not null check (state in ('baseline', 'applying', 'post', 'applied', 'skipped')),
    sha256 text not null,
    at timestamptz not null default clock_timestamp(),
    by text not null default session_user
);
comment on table patch_db.patches is 'Patches of schema/patches; written by schema/patch_db.';
"""


@dataclass(frozen=True)
class Record:
    """A row of the table."""

    name: str
    state: str
    sha256: str
    at: datetime | None = None


def create(connection: psycopg.Connection, baseline: Iterable[Patch]) -> None:
    """Create the table with these patches as the baseline: both or neither."""
    with connection.transaction():
        connection.execute(TABLE)
        for patch in baseline:
            record(connection, patch.name, "baseline", patch.sha256)


def read(connection: psycopg.Connection) -> dict[str, Record] | None:
    """Return the records by the patches' names; None if patch_db was not run on this database."""
    row = connection.execute("select to_regclass('patch_db.patches') is null").fetchone()
    if row and row[0]:
        return None
    rows = connection.execute("select name, state, sha256, at from patch_db.patches")
    return {row[0]: Record(*row) for row in rows}


def record(connection: psycopg.Connection, name: str, state: str, sha256: str) -> None:
    """Set the state of a patch, and the content that has it."""
    connection.execute(
        """
        insert into patch_db.patches (name, state, sha256) values (%s, %s, %s)
        on conflict (name) do update set state = excluded.state, sha256 = excluded.sha256,
            at = excluded.at, by = excluded.by
        """,
        [name, state, sha256],
    )


def finish(connection: psycopg.Connection, name: str) -> None:
    """Set the state of a patch whose post hooks have succeeded."""
    connection.execute(
        "update patch_db.patches set state = 'applied', at = default where name = %s", [name]
    )


def forget(connection: psycopg.Connection, name: str) -> None:
    """Let the patch be pending again."""
    connection.execute("delete from patch_db.patches where name = %s", [name])
