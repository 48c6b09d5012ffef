"""Connections to the database: patch_db's own, and those of psql and the hooks."""

from __future__ import annotations

import os
import re

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from .errors import InvalidUrl, NotForPsql, NoUrl

# The locks that a database is waited for, unless its URL or --lock-timeout says otherwise. A patch
# that waits makes all later queries of its table wait too.
LOCK_TIMEOUT = "5s"


def connection_string(url: str | None, *, lock_timeout: str | None, role: str | None) -> str:
    """Return libpq's connection string with these settings; later ones override the URL's.

    Raise NoUrl, InvalidUrl or NotForPsql. None of them shows a part of the URL's password.
    """
    if not url:
        raise NoUrl
    parameters = _parameters(url)
    options = parameters.pop("options", os.environ.get("PGOPTIONS", ""))
    settings = [_setting("lock_timeout", LOCK_TIMEOUT), options]
    settings += [_setting("lock_timeout", lock_timeout)] if lock_timeout else []
    settings += [_setting("role", role)] if role else []
    settings += [_setting("standard_conforming_strings", "on")]  # tokens.py counts on it
    # Patches are UTF-8, whatever the database is.
    parameters["client_encoding"] = "UTF8"
    return make_conninfo(**parameters, options=" ".join(filter(None, settings)))


def connect(dsn: str) -> psycopg.Connection:
    """Return a connection without transactions, which the server does not end for being idle."""
    connection = psycopg.connect(dsn, autocommit=True, application_name="patch_db")
    connection.execute(
        "select set_config(name, '0', false) from pg_settings where name = 'idle_session_timeout'"
    )
    return connection


def environment(connection: psycopg.Connection, dsn: str, name: str) -> dict[str, str]:
    """Return the environment in which psql, and hooks, connect as patch_db has done.

    A password is in it, and so in no argument, which other users can see.
    """
    taken = connection.pgconn.info
    known = {option.envvar.decode() for option in taken if option.envvar}
    clean = {key: value for key, value in os.environ.items() if key not in known}
    theirs = {o.envvar.decode(): o.val.decode() for o in taken if o.envvar and o.val}
    # The values of a service are among these; the service itself would override them.
    theirs.pop("PGSERVICE", None)
    application = f"patch_db {name}"
    return (
        clean
        | theirs
        | {
            "PGAPPNAME": application,
            "PATCH_DSN": make_conninfo(dsn, application_name=application),
            "PATCH_NAME": name,
        }
    )


def _parameters(url: str) -> dict[str, str]:
    try:
        parameters = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError:
        raise InvalidUrl from None  # the error shows the URL
    # libpq takes a password with an unescaped @ or / for other parts, and shows those in errors.
    parts = "".join(parameters.get(key, "") for key in ("host", "hostaddr", "dbname"))
    if "@" in parts or not re.fullmatch(r"[\d,]*", parameters.get("port", "")):
        raise InvalidUrl
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults() if option.envvar}
    if unknown := parameters.keys() - known:
        raise NotForPsql(", ".join(sorted(unknown)))
    return parameters


def _setting(name: str, value: str) -> str:
    escaped = re.sub(r"([\\\s])", r"\\\1", value)  # these characters would separate options
    return f"-c {name}={escaped}"
