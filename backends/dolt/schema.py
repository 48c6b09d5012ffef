"""Django's MySQL schema editor, with a column that makes every inserted row different.

Dolt merges two transactions at COMMIT and finds no conflict if both inserted the same row: the
same key and the same values. Both are acknowledged, and only one row exists. The server generates
a random default for this column at each INSERT, so two inserted rows differ, and the second COMMIT
is refused with 1213. The column is in no model and in no query of Django's.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.mysql import schema

COLUMN = "row_token BINARY(16) DEFAULT (UUID_TO_BIN(UUID()))"


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    sql_create_table = f"CREATE TABLE %(table)s (%(definition)s, {COLUMN})"


def add_row_tokens(connection: Any) -> None:
    """Add the column to the tables of Django's models that were created without it."""
    with connection.cursor() as cursor:
        for table in tables_without_row_token(connection):
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} ADD COLUMN {COLUMN}")


def tables_without_row_token(connection: Any) -> list[str]:
    """Return the tables of Django's models in this database that do not have the column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = DATABASE() "
            "GROUP BY table_name HAVING SUM(column_name = 'row_token') = 0"
        )
        without = {table for (table,) in cursor.fetchall()}
    models = connection.introspection.django_table_names(include_views=False)
    return sorted(without.intersection(models))
