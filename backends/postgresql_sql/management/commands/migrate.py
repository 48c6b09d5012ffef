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
PATCH_DB = (sys.executable, "-m", "schema.patch_db")
UNRECORDED = (
    "This database has the schema `bank`, and no record of the patches that are in it. Name the "
    f"last one: `python -m schema.patch_db --role {OWNER} --baseline NAME URL`. Without --baseline "
    "all are recorded, as is right after schema/database.sql; with `--baseline none`, none."
)
NOT_EMPTY = (
    "This database has the tables of Django's migrations in the schema `public`, and "
    f"{SCHEMA} is for an empty one: give another database, or with `make serve` another DATA."
)
NO_MIGRATIONS = "There are no migrations to choose from: a change is a patch in schema/patches."
UNFINISHED = "manage.py migrate is making this database"


class Command(migrate.Command):
    """Brings the schema up to date with psql; Django then adds content types and permissions.

    Django's migrations are off (settings/postgresql_sql.py). It creates only the tables of test
    applications, with --run-syncdb, and these belong to the same owner. With --plan or --check
    nothing is written.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        connection: Any = connections[options["database"]]
        if options["app_label"]:
            raise CommandError(NO_MIGRATIONS)
        if not shutil.which("psql"):
            raise CommandError("psql is needed: apt install postgresql-client.")
        if options["plan"] or options["check_unapplied"]:
            self._look(connection, check=options["check_unapplied"])
            return
        _bring_up_to_date(connection, quiet=not options["verbosity"])
        if options["run_syncdb"]:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {OWNER}")
        super().handle(*args, **options)

    def _look(self, connection: Any, *, check: bool) -> None:
        """Print what would be done; with --check, exit with 1 if there is something to do."""
        is_new, _ = _state(connection)
        if is_new:
            self.stdout.write(f"{SCHEMA} would be executed.")
        if (is_new or _status(connection)) and check:
            sys.exit(1)


def _bring_up_to_date(connection: Any, *, quiet: bool) -> None:
    is_new, is_unfinished = _state(connection)
    if is_new:
        _comment(connection, UNFINISHED)  # if this is killed, the next run goes on
        command, environment = _psql(connection, "-Xqf", SCHEMA)
        _run(command, environment)
    _run([*PATCH_DB, "--yes", "--role", OWNER], _dsn(connection), quiet=quiet)
    if is_new or is_unfinished:
        _comment(connection, None)
    with connection.cursor() as cursor:
        cursor.execute("CALL audit.make_partitions()")  # of the next months
    connection.close()  # the next session has the search path of the database


def _state(connection: Any) -> tuple[bool, bool]:
    """Return whether the database is empty, and whether a `migrate` of it was interrupted.

    Raises CommandError if it has tables, and nothing says which patches are in them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regnamespace('bank') IS NULL, to_regclass('patch_db.patches') IS NULL,"
            " to_regclass('public.django_migrations') IS NOT NULL,"
            " shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE datname = current_database()"
        )
        is_new, is_unrecorded, is_migrated, comment = cursor.fetchone()
    if is_new and is_migrated:
        raise CommandError(NOT_EMPTY)
    if is_unrecorded and not is_new and comment != UNFINISHED:
        raise CommandError(UNRECORDED)
    return is_new, comment == UNFINISHED


def _comment(connection: Any, text: str | None) -> None:
    """Write the comment of the database, or delete it."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_nullable(%s)", [text])  # COMMENT takes no parameters
        cursor.execute(f"COMMENT ON DATABASE {name} IS {cursor.fetchone()[0]}")


def _status(connection: Any) -> int:
    """Print the states of the patches; return 0 if there is nothing to do."""
    environment = os.environ | _dsn(connection)
    return subprocess.run([*PATCH_DB, "--status"], cwd=ROOT, env=environment).returncode


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
