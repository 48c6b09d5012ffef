"""What differs between two commits as SQL.

Dolt has dolt_patch() for that, but DoltLite's fails on the bank's tables, whose collation `amount`
it does not know.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from versioning.rows import MODELS, Change, Row, changes


def patch(old: str, new: str) -> str:
    """Return statements that make the rows of the old commit those of the new one."""
    found = [change for model in MODELS.values() for change in changes(model, old, new)]
    # A row is deleted before those that it refers to, and inserted after them.
    removed = [change for change in reversed(found) if change.after is None]
    written = [change for change in found if change.after is not None]
    return "".join(f"{_statement(change)};\n" for change in [*removed, *written])


def _statement(change: Change) -> str:
    table = connections[DEFAULT_DB_ALIAS].ops.quote_name(change.model._meta.db_table)
    where = f"WHERE {_pairs(change, {change.model._meta.pk.attname: change.pk})}"
    if change.after is None:
        return f"DELETE FROM {table} {where}"  # noqa: S608 - every value is a literal
    before = change.before
    if before is not None:
        new = {name: value for name, value in change.after.items() if value != before[name]}
        return f"UPDATE {table} SET {_pairs(change, new)} {where}"  # noqa: S608
    columns, values = zip(*_literals(change, change.after), strict=True)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(values)})"  # noqa: S608


def _pairs(change: Change, row: Row) -> str:
    return ", ".join(f"{column} = {value}" for column, value in _literals(change, row))


def _literals(change: Change, row: Row) -> list[tuple[str, str]]:
    """Return the columns and values of these attributes as SQL."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    fields = [f for f in change.model._meta.concrete_fields if f.attname in row]
    stored = [f.get_db_prep_save(row[f.attname], connection) for f in fields]
    columns = [connection.ops.quote_name(f.column) for f in fields]
    return list(zip(columns, map(_literal, stored), strict=True))


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    connection: Any = connections[DEFAULT_DB_ALIAS]
    return str(int(value)) if isinstance(value, int) else connection.literal(str(value))
