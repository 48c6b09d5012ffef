"""Inserts rows with statements that are compiled once, like the queries of bank/compiled.py."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models.sql import InsertQuery

from bank.compiled import Parameter
from bank.engine import Engine

Columns = tuple["models.Field[Any, Any]", ...]
Rows = Sequence[Any]  # instances of one model


def insert(rows: Rows) -> None:
    """Insert new rows of one model with one statement, as bulk_create() would, in less time.

    Stores the same values, sets the same keys, and sends no signals either; save() is not called.
    The keys are generated. Values must not be expressions, and a row that a foreign key refers to
    must have been inserted before it was assigned.
    """
    if rows:
        _inserter(rows[0]._meta.concrete_fields, len(rows))(rows)


# The columns are part of the key because tests add columns to the models.
@functools.lru_cache(maxsize=256)
def _inserter(columns: Columns, count: int) -> Callable[[Rows], Any]:
    """Return what inserts this number of rows: bulk_create() where a kept statement would not do.

    It would not do if the SQL depends on the values, or has to be split because it is too long.
    """
    model, ops = columns[0].model, connections[DEFAULT_DB_ALIAS].ops
    stored = tuple(c for c in columns if not (c.generated or isinstance(c, models.AutoField)))
    varies = any(c.has_db_default() or hasattr(c, "get_placeholder") for c in stored)
    fits = count <= ops.bulk_batch_size(stored, range(count))
    if Engine().compiles_inserts and fits and not varies:
        return CompiledInsert(stored, count, DEFAULT_DB_ALIAS)
    bulk_create: Callable[[Rows], Any] = model._base_manager.bulk_create
    return bulk_create


class CompiledInsert:
    """The compiled INSERT of a number of rows; calling it executes the statement.

    Safe to use from several threads, as CompiledQuery is.
    """

    def __init__(self, columns: Columns, count: int, using: str) -> None:
        self.using = using
        self.columns = [(column.pre_save, column.get_db_prep_save) for column in columns]
        self.model, features = columns[0].model, connections[using].features
        query = InsertQuery(self.model)
        row = SimpleNamespace(**{column.attname: Parameter(column.attname) for column in columns})
        query.insert_values(columns, [row] * count, raw=True)
        self.compiler: Any = query.get_compiler(using)
        returns = (
            features.can_return_columns_from_insert
            if count == 1
            else features.can_return_rows_from_bulk_insert
        )
        self.returned = self.model._meta.db_returning_fields if returns else []
        self.compiler.returning_fields = self.returned
        [(self.sql, _)] = self.compiler.as_sql()
        found = [column.get_col(self.model._meta.db_table) for column in self.returned]
        self.converters = self.compiler.get_converters(found)

    def __call__(self, rows: Rows) -> None:
        """Insert these rows. After an error, Django's atomic() rolls back, as after bulk_create().

        Raises Django's DatabaseError.
        """
        connection = connections[self.using]
        values = [
            prepare(value(row, True), connection=connection)
            for row in rows
            for value, prepare in self.columns
        ]
        with transaction.mark_for_rollback_on_error(self.using):
            if self.returned:
                self._set(rows, Engine(self.using).rows(self.sql, values))
            else:
                self._without_returning(rows, values)
        for row in rows:
            row._state.adding, row._state.db = False, self.using

    def _set(self, rows: Rows, found: Any) -> None:
        """Set the columns that the database has generated."""
        if self.converters:
            found = self.compiler.apply_converters(found, self.converters)
        for row, generated in zip(rows, found, strict=True):
            for column, value in zip(self.returned, generated, strict=True):
                setattr(row, column.attname, value)

    def _without_returning(self, rows: Rows, values: list[Any]) -> None:
        """Execute the statement; a single row gets its generated key without RETURNING too."""
        connection, meta = connections[self.using], self.model._meta
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            if len(rows) == 1 and meta.auto_field:
                key = connection.ops.last_insert_id(cursor, meta.db_table, meta.pk.column)
                rows[0].pk = key
