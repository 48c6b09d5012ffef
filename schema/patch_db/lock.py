"""Only one patch_db at a time works on a database, even after another one was killed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from .connection import connect
from .errors import Locked, LostLock

# PostgreSQL's advisory locks: the class is "patc" in ASCII. begin.sql has these numbers too.
CLASS, RUNNER, PATCH = 1885434979, 1, 2
PAUSE = 0.2  # seconds
# Other databases may have locks of the same numbers.
HOLDERS = """
    from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and classid = %s and objid = any(%s) and granted
        and database = (select oid from pg_database where datname = current_database())
"""
SHOW = """
    select format('pid %%s of the server, user "%%s", application "%%s"',
        pid, usename, application_name)
"""


@dataclass(frozen=True)
class Session:
    """The connection that holds the lock, and how psql and the hooks connect."""

    connection: psycopg.Connection
    dsn: str
    pid: int


@contextmanager
def locked(dsn: str, *, wait: float) -> Iterator[Session]:
    """Hold the lock during the block; raise Locked if others hold it for `wait` seconds.

    A psql that has outlived its patch_db holds the second lock, in its own session; a hook that has
    done so holds the first one, by the socket that it has inherited. Raise LostLock if the
    connection, and with it the lock, is lost in the block.
    """
    with connect(dsn) as connection:
        give_up = time.monotonic() + wait
        _take(connection, RUNNER, give_up)
        _take(connection, PATCH, give_up)
        _free(connection, PATCH)
        try:
            yield Session(connection, dsn, _one(connection, "select pg_backend_pid()"))
        except psycopg.OperationalError as error:
            raise (LostLock() if connection.broken else error) from error


def check_lock(session: Session) -> None:
    """Raise LostLock if the server has ended the connection, which has freed the lock."""
    session.connection.execute("select")


def leave_lock(session: Session) -> None:
    """Leave the connection to the programs that have inherited its socket, as kill -9 does.

    Closing it would tell the server to end the session, and to free the lock.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, session.connection.fileno())
    os.close(nowhere)


def at_work(connection: psycopg.Connection) -> str:
    """Return who else holds the locks: a patch_db, or the psql or hook of one that was killed."""
    others = f"{SHOW} {HOLDERS} and pid <> pg_backend_pid() order by objid"
    rows = connection.execute(others, [CLASS, [RUNNER, PATCH]])
    return ", ".join(row[0] for row in rows)


def end_patch(connection: psycopg.Connection) -> None:
    """End the session of a psql that was killed, so that its patch is committed or rolled back.

    Every user may take the lock. Sessions of other users are not psql's, and stay.
    """
    while _terminated(connection):
        time.sleep(PAUSE)


def _terminated(connection: psycopg.Connection) -> int:
    """Tell these sessions to end, and return how many there still were."""
    end = f"select count(pg_terminate_backend(pid)) {HOLDERS} and usename = session_user"
    with connection.transaction():
        # Not as --role, which may not end the sessions of the user that has logged in.
        connection.execute("set local role none")
        return _one(connection, end, CLASS, [PATCH])


def _free(connection: psycopg.Connection, which: int) -> None:
    connection.execute("select pg_advisory_unlock(%s, %s)", [CLASS, which])


def _take(connection: psycopg.Connection, which: int, give_up: float) -> None:
    # Trying, because a session that waits in pg_advisory_lock() has a snapshot for which
    # CREATE INDEX CONCURRENTLY waits: the two would wait for each other for ever.
    while not _one(connection, "select pg_try_advisory_lock(%s, %s)", CLASS, which):
        if time.monotonic() > give_up:
            raise Locked(at_work(connection) or "it has ended now")
        time.sleep(PAUSE)


def _one(connection: psycopg.Connection, query: str, *values: object) -> int:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else 0
