"""`manage.py migrate` makes the schema, or brings it up to date, and guesses nothing."""

from __future__ import annotations

from tests.postgresql_sql.conftest import patch_db, psql
from tests.test_backends import manage


def migrate(url: str) -> tuple[int, str, str]:
    said = manage("migrate", POSTGRESQL_SQL_URL=url)
    return said.returncode, said.stdout, said.stderr


def test_an_empty_database_gets_the_schema_and_has_all_patches(empty: str) -> None:
    code, said, wrong = migrate(empty)

    assert (code, wrong) == (0, "")
    assert "the first run registers as baseline: 9" in said
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
