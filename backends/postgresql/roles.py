"""The role that the application uses: it can read and change rows, and nothing else."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

APPLICATION = "bank_application"
# An imported bank keeps its keys, and moves the counters of generated keys behind them (setval).
PRIVILEGES = (
    "SELECT, INSERT, UPDATE, DELETE ON {all}TABLES {where}",
    "SELECT, UPDATE ON {all}SEQUENCES {where}",
)
NOTHING_ELSE = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """Yield a cursor of the driver that Django uses, psycopg 3 or psycopg2."""
    from django.db.backends.postgresql.base import DatabaseWrapper

    with closing(DatabaseWrapper.Database.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def least_privilege(url: str, password: str | None = None) -> str:
    """Return the URL of a role that can read and change the rows of the owner's tables.

    The owner, whose URL this is, creates the role if it is missing; tables that he creates later
    are granted too.
    """
    with connected(url) as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [APPLICATION])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {APPLICATION} LOGIN")
        for privileges in PRIVILEGES:
            grant = f"GRANT {privileges} TO {APPLICATION}"
            cursor.execute(grant.format(all="ALL ", where="IN SCHEMA public"))
            default = "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
            cursor.execute(f"{default} {grant.format(all='', where='')}")
    return restricted(url, password)


def restricted(url: str, password: str | None = None) -> str:
    """Return the URL of this role, which exists, with this password or a new one.

    A role may change its own password and the settings of its future sessions, which no REVOKE
    prevents: SQL that was injected before has no effect after this.
    """
    password = password or secrets.token_urlsafe(16)
    with connected(url) as cursor:
        cursor.execute(f"ALTER ROLE {APPLICATION} LOGIN {NOTHING_ELSE}")
        cursor.execute(f"ALTER ROLE {APPLICATION} RESET ALL")
        cursor.execute("SELECT quote_ident(current_database())")
        [database] = cursor.fetchone()
        cursor.execute(f"ALTER ROLE {APPLICATION} IN DATABASE {database} RESET ALL")
        set_password(cursor, password)
    address = urlsplit(url)
    where = address.netloc.rpartition("@")[2]
    return address._replace(netloc=f"{APPLICATION}:{quote(password, safe='')}@{where}").geturl()


def set_password(cursor: Any, password: str) -> None:
    """Give the application's role this password."""
    cursor.execute("SELECT quote_literal(%s)", [password])  # ALTER takes no parameters
    [literal] = cursor.fetchone()
    cursor.execute(f"ALTER ROLE {APPLICATION} PASSWORD {literal}")
