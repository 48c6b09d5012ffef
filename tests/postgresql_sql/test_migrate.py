"""`manage.py migrate` makes the schema, or brings it up to date, and guesses nothing."""

from __future__ import annotations

import pytest

from backends.postgresql_sql.management.commands.migrate import UNFINISHED
from tests.postgresql_sql.conftest import patch_db, psql
from tests.test_backends import manage


def migrate(url: str, *options: str) -> tuple[int, str, str]:
    said = manage("migrate", *options, POSTGRESQL_SQL_URL=url)
    return said.returncode, said.stdout, said.stderr


def test_an_empty_database_gets_the_schema_and_has_all_patches(empty: str) -> None:
    code, said, wrong = migrate(empty)

    assert (code, wrong) == (0, "")
    assert "the first run registers as baseline: 11" in said
    assert psql(empty, "-c", "SELECT count(*) FROM django.auth_permission").stdout > "20"
    again = migrate(empty)
    assert (again[0], again[2]) == (0, "")
    assert "Nothing is pending." in again[1]


def test_an_old_database_without_a_record_is_refused_and_left_as_it_is(first: str) -> None:
    code, _, wrong = migrate(first)

    assert code == 1
    assert "no record of the patches" in wrong
    assert psql(first, "-c", "SELECT count(*) FROM bank.clients").stdout == "0\n"

    done = patch_db(first, "--role", "bank_owner", "--baseline", "none", "--yes")
    assert done.returncode == 0
    assert migrate(first)[0] == 0
    assert psql(first, "-c", "SELECT count(*) FROM bank.customers").stdout == "0\n"


def test_a_database_of_djangos_migrations_is_refused_and_left_as_it_is(empty: str) -> None:
    made = manage("migrate", DJANGO_SETTINGS_MODULE="settings.postgresql", POSTGRESQL_URL=empty)
    assert made.returncode == 0, made.stderr

    code, _, wrong = migrate(empty)

    assert (code, "is for an empty one" in wrong) == (1, True)
    found = psql(empty, "-c", "SELECT to_regnamespace('bank') IS NULL, current_schemas(false)")
    assert found.stdout == "t|{public}\n"


@pytest.mark.parametrize(("option", "code"), [("--check", 1), ("--plan", 0)])
def test_check_and_plan_of_an_empty_database_say_what_would_be_done_and_do_nothing(
    empty: str, option: str, code: int
) -> None:
    assert migrate(empty, option) == (code, "schema/database.sql would be executed.\n", "")
    assert psql(empty, "-c", "SELECT to_regnamespace('bank') IS NULL").stdout == "t\n"


def test_check_fails_while_a_patch_is_pending_and_does_not_apply_it(today: str) -> None:
    last = "2026-12-01_months_in_utc.sql"
    patch_db(today, "--role", "bank_owner", "--yes")
    patch_db(today, "--role", "bank_owner", "--mark", f"{last}=pending")
    pending = migrate(today, "--check")
    migrate(today)
    code, said, _ = migrate(today, "--check")

    assert (pending[0], f"pending   {last}" in pending[1]) == (1, True)
    assert (code, f"applied   {last}" in said) == (0, True)


def test_a_migrate_that_was_killed_after_the_schema_is_finished_by_the_next(empty: str) -> None:
    name = empty.rpartition("/")[2]
    psql(empty, "-c", f"COMMENT ON DATABASE \"{name}\" IS '{UNFINISHED}'")
    assert psql(empty, "-f", "schema/database.sql").stderr == ""

    code, said, wrong = migrate(empty)

    assert (code, wrong, "registers as baseline: 11" in said) == (0, "", True)
    comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{}'"
    assert psql(empty, "-c", comment.format(name)).stdout == "\n"


def test_migrating_to_a_migration_is_refused_before_anything_is_done(empty: str) -> None:
    code, _, wrong = migrate(empty, "bank", "zero")

    assert (code, "no migrations to choose from" in wrong) == (1, True)
    assert psql(empty, "-c", "SELECT to_regnamespace('bank') IS NULL").stdout == "t\n"
