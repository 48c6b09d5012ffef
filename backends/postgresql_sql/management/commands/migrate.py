"""`manage.py migrate`: creates the schema by schema/database.sql, or applies schema/patches."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parents[4]
OWNER = "bank_owner"
SCHEMA = "schema/database.sql"
UNRECORDED = (
    "This database has the schema `bank`, and no record of the patches that are in it. Name the "
    f"last one: `python -m schema.patch_db --role {OWNER} --baseline NAME URL`. Without --baseline "
    "all are recorded, as is right after schema/database.sql; with `--baseline none`, none."
)


NOT_EMPTY = (
    "This database has the tables of Django's migrations in the schema `public`, and {} is for an "
    "empty one: give another database, or with `make serve` another DATA."
)


class Command(migrate.Command):
    """Brings the schema up to date with psql; Django then adds content types and permissions.

    Django's migrations are off (settings/postgresql_sql.py). It creates only the tables of test
    applications, with --run-syncdb, and these belong to the same owner.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        connection: Any = connections[options["database"]]
        if not shutil.which("psql"):
            raise CommandError("psql is needed: apt install postgresql-client.")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT to_regnamespace('bank') IS NULL, to_regclass('patch_db.patches') IS NULL,"
                " to_regclass('public.django_migrations') IS NOT NULL"
            )
            is_new, is_unrecorded, is_migrated = cursor.fetchone()
        if is_new and is_migrated:
            raise CommandError(NOT_EMPTY.format(SCHEMA))
        if is_new:
            command, environment = _psql(connection, "-Xqf", SCHEMA)
            _run(command, environment)
        elif is_unrecorded:
            raise CommandError(UNRECORDED)
        command = [sys.executable, "-m", "schema.patch_db", "--yes", "--role", OWNER]
        _run(command, _dsn(connection), quiet=not options["verbosity"])
        with connection.cursor() as cursor:
            cursor.execute("CALL audit.make_partitions()")  # of the next months
        connection.close()  # the next session has the search path of the database
        if options["run_syncdb"]:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {OWNER}")
        super().handle(*args, **options)


def _psql(connection: Any, *options: str) -> tuple[list[str], dict[str, str]]:
    command, environment = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, [*options]
    )
    return command, environment or {}


def _dsn(connection: Any) -> dict[str, str]:
    given = connection.get_connection_params()
    known = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "service")
    return {"PATCH_DSN": make_conninfo(**{name: given[name] for name in known if name in given})}


def _run(command: list[str], environment: dict[str, str], *, quiet: bool = False) -> None:
    """Run a program that prints its own errors; raise CommandError if it fails."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else None,
    )
    if done.returncode:
        raise CommandError(f"{Path(command[0]).name} failed; the reason is above.")
