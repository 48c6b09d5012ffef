"""Django's MySQL schema editor, with a column that makes every inserted row unlike any other.

Dolt merges two transactions at COMMIT and sees no conflict where both inserted the same row: the
same key and the same values. Both are acknowledged, and one row is there. The server draws the
random default of this column at each INSERT, so two inserted rows differ, and the second COMMIT is
refused with 1213. Django does not know the column: no model has it, and no query names it.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.mysql import schema

COLUMN = "row_token BINARY(16) DEFAULT (UUID_TO_BIN(UUID()))"


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    sql_create_table = f"CREATE TABLE %(table)s (%(definition)s, {COLUMN})"


def add_row_tokens(connection: Any) -> None:
    """Add the column to the tables of Django's models that were made without it."""
    with connection.cursor() as cursor:
        for table in tables_without_row_token(connection):
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} ADD COLUMN {COLUMN}")


def tables_without_row_token(connection: Any) -> list[str]:
    """Which tables of Django's models in this database have no such column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = DATABASE() "
            "GROUP BY table_name HAVING SUM(column_name = 'row_token') = 0"
        )
        without = {table for (table,) in cursor.fetchall()}
    models = connection.introspection.django_table_names(include_views=False)
    return sorted(without.intersection(models))
