"""Rows that a merge has made wrong: their foreign keys and unique constraints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import UniqueConstraint

from bank.models import Key
from versioning.rows import Model


class Violation(NamedTuple):
    """A row that breaks a rule: "foreign key" or the name of a unique constraint."""

    model: Model
    pk: Key
    rule: str
    fields: tuple[str, ...]


def reported(model: Model) -> list[models.Model]:
    """Return the rows of this model that Dolt has reported, as they are now."""
    with connection.cursor() as cursor:
        pk, table = connection.ops.quote_name(str(model._meta.pk.column)), _table(model)
        cursor.execute(f"SELECT {pk} FROM {table}")  # noqa: S608
        keys = {key for (key,) in cursor.fetchall()}
    return list(model._base_manager.filter(pk__in=keys))


def tables() -> set[str]:
    """Return the tables with rows that Dolt has reported."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM dolt_constraint_violations")
        return {table for table, count in cursor.fetchall() if count}


def forget(model: Model) -> None:
    """Delete Dolt's report, without which it commits the rows as they are."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_table(model)}")  # noqa: S608


def broken(rows: Iterable[models.Model]) -> Iterator[Violation]:
    """Yield what these rows break now. A few statements per row."""
    for row in rows:
        for field in row._meta.concrete_fields:
            if field.remote_field and not _exists(field, getattr(row, field.attname)):
                yield Violation(type(row), row.pk, "foreign key", (field.name,))
        for rule in row._meta.constraints:
            if isinstance(rule, UniqueConstraint) and not _unique(rule, row):
                yield Violation(type(row), row.pk, rule.name, tuple(rule.fields))


def _exists(field: Any, key: Key | None) -> bool:
    rows = field.remote_field.model._base_manager.filter(pk=key)
    return key is None or bool(rows.exists())


def _unique(rule: UniqueConstraint, row: models.Model) -> bool:
    try:
        rule.validate(type(row), row)
    except ValidationError:
        return False
    return True


def _table(model: Model) -> str:
    return connection.ops.quote_name(f"dolt_constraint_violations_{model._meta.db_table}")
