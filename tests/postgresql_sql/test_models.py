"""The tables of schema/*.sql are those of Django's models: nothing is missing, nothing is made."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from tests.postgresql_sql.conftest import Sql

DATABASE_ONLY = {"orders.placed_at", "order_lines.value"}
APPLICATIONS = ("bank", "admin", "auth", "contenttypes", "sessions")
MODELS: list[Any] = [
    model
    for label in APPLICATIONS
    for model in apps.get_app_config(label).get_models(include_auto_created=True)
]


COLUMNS = """
    select a.attname, not a.attnotnull, case
        when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod)
        else format_type(t.oid, a.atttypmod)
    end
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
"""


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_each_column_has_the_type_of_its_field(owner: Sql, model: Any) -> None:
    table = model._meta.db_table

    found = {
        name: (null, kind)
        for name, null, kind in owner(COLUMNS, table)
        if f"{table}.{name}" not in DATABASE_ONLY
    }

    fields = model._meta.concrete_fields
    assert found == {field.column: (field.null, type_of(field)) for field in fields}


def type_of(field: Any) -> str:
    """Return the type of the field's column, in PostgreSQL's words."""
    kind = re.sub(r"^varchar", "character varying", field.db_type(connection))
    return kind.replace(", ", ",")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_each_constraint_of_a_model_is_in_the_database(owner: Sql, model: Any) -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)

    kinds = [(sorted(each["columns"]), each) for each in found.values()]
    for field in model._meta.local_concrete_fields:
        if field.primary_key:
            assert any(c == [field.column] and each["primary_key"] for c, each in kinds)
        elif field.unique:
            assert any(c == [field.column] and each["unique"] for c, each in kinds)
        if field.remote_field:
            target = field.remote_field.model._meta
            key = (target.db_table, target.pk.column)
            assert any(each["foreign_key"] == key for c, each in kinds if c == [field.column])
            # The key of a foreign key is found by an index that begins with it.
            assert any(
                each["columns"][:1] == [field.column] and (each["index"] or each["unique"])
                for _, each in kinds
            )
    for names in model._meta.unique_together:
        columns = sorted(model._meta.get_field(name).column for name in names)
        assert any(c == columns and each["unique"] for c, each in kinds)
    for constraint in model._meta.constraints:
        assert found[constraint.name]["check"] or found[constraint.name]["unique"]
    for index in model._meta.indexes:
        columns = [model._meta.get_field(name).column for name in index.fields]
        assert found[index.name]["columns"] == columns


def test_every_constraint_and_index_has_a_name_of_ours(owner: Sql) -> None:
    generated = owner(
        "select conrelid::regclass::text, conname from pg_constraint "
        "where connamespace in ('bank'::regnamespace, 'django'::regnamespace) and contype <> 'n' "
        "and conname ~ '_(pkey|fkey|check|key[0-9]|uniq)$' "
        "and conrelid::regclass::text !~ 'orm_'"
    )

    assert generated == []


def test_migrate_creates_nothing_and_knows_of_no_migration(owner: Sql) -> None:
    tables = (
        "select oid::regclass::text from pg_class where relkind in ('r', 'p', 'v', 'm') order by 1"
    )
    before = owner(tables)

    with connection.creation.as_owner():
        call_command("migrate", verbosity=0, run_syncdb=True)

    assert sorted(owner(tables)) == sorted(before)
    assert "django_migrations" not in {name for (name,) in before}


def test_every_foreign_key_is_checked_at_the_commit(owner: Sql) -> None:
    immediate = owner(
        "select conrelid::regclass::text, conname from pg_constraint "
        "where connamespace in ('bank'::regnamespace, 'django'::regnamespace) and contype = 'f' "
        "and not condeferred"
    )

    assert immediate == []


def test_what_migrate_creates_belongs_to_the_owner(owner: Sql) -> None:
    owners = owner(
        "select distinct tableowner from pg_tables "
        "where schemaname in ('bank', 'django', 'patch_db', 'public')"
    )

    assert owners == [("bank_owner",)]


def test_a_block_as_the_owner_ends_as_the_application(owner: Sql) -> None:
    engine: Any = connection

    with engine.creation.as_owner():
        inside = current_user()

    assert (inside, current_user()) == (engine.creation.owner[0], "bank_application")


def current_user() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])
