"""Inserts and updates rows with statements that are compiled once, like bank/compiled.py's."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models.expressions import Case, When
from django.db.models.functions import Cast
from django.db.models.sql import InsertQuery, UpdateQuery

from bank.compiled import MOST_ROWS, Parameter
from bank.engine import Engine

Columns = tuple["models.Field[Any, Any]", ...]
Rows = Sequence[Any]  # instances of one model


def insert(rows: Rows) -> None:
    """Insert new rows of one model as bulk_create() would, in less time up to MOST_ROWS.

    Stores the same values, sets the same keys, and sends no signals either; save() is not called.
    The keys are generated. Values must not be expressions, and a row that a foreign key refers to
    must have been inserted before it was assigned.
    """
    if rows:
        _inserter(rows[0]._meta.concrete_fields, len(rows))(rows)


def update(rows: Rows, names: tuple[str, ...]) -> None:
    """Write these columns of rows of one model, as bulk_update() would.

    The same restrictions apply as for insert().
    """
    if rows:
        columns = tuple(map(rows[0]._meta.get_field, names))
        _updater(columns, len(rows))(rows)


# The columns are a part of the keys because tests add columns to the models.
@functools.lru_cache(maxsize=256)
def _inserter(columns: Columns, count: int) -> Callable[[Rows], Any]:
    model = columns[0].model
    stored = tuple(c for c in columns if not (c.generated or isinstance(c, models.AutoField)))
    if _compilable(stored, count):
        return CompiledInsert(stored, count, DEFAULT_DB_ALIAS)
    bulk_create: Callable[[Rows], Any] = model._base_manager.bulk_create
    return bulk_create


@functools.lru_cache(maxsize=256)
def _updater(columns: Columns, count: int) -> Callable[[Rows], Any]:
    if _compilable(columns * 3, count):  # a row's key is a parameter too: per column, and in WHERE
        return CompiledUpdate(columns, count, DEFAULT_DB_ALIAS)
    bulk_update = columns[0].model._base_manager.bulk_update
    return functools.partial(bulk_update, fields=[column.name for column in columns])


def _compilable(columns: Columns, count: int) -> bool:
    """Whether a single statement is worth keeping, and its SQL does not depend on the values."""
    ops = connections[DEFAULT_DB_ALIAS].ops
    varies = any(c.has_db_default() or hasattr(c, "get_placeholder") for c in columns)
    fits = count <= min(MOST_ROWS, ops.bulk_batch_size(columns, range(count)))
    return Engine().compiles_writes and fits and not varies


class CompiledInsert:
    """The compiled INSERT of a number of rows; calling it executes the statement.

    Safe to use from several threads, as CompiledQuery is.
    """

    def __init__(self, columns: Columns, count: int, using: str) -> None:
        self.using = using
        self.columns = [(column.pre_save, column.get_db_prep_save) for column in columns]
        self.model, features = columns[0].model, connections[using].features
        query = InsertQuery(self.model)
        row: Any = SimpleNamespace(
            **{column.attname: Parameter(column.attname) for column in columns}
        )
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
        engine = Engine(self.using)
        values = [
            prepare(value(row, True), connection=engine.connection)
            for row in rows
            for value, prepare in self.columns
        ]
        with transaction.mark_for_rollback_on_error(self.using):
            if self.returned:
                self._set(rows, engine.rows(self.sql, values))
            else:
                self._without_returning(engine.connection, rows, values)
        for row in rows:
            row._state.adding, row._state.db = False, self.using

    def _set(self, rows: Rows, found: Any) -> None:
        """Set the columns that the database has generated."""
        if self.converters:
            found = self.compiler.apply_converters(found, self.converters)
        for row, generated in zip(rows, found, strict=True):
            for column, value in zip(self.returned, generated, strict=True):
                setattr(row, column.attname, value)

    def _without_returning(self, connection: Any, rows: Rows, values: list[Any]) -> None:
        """Execute the statement; a single row gets its generated key without RETURNING too."""
        meta = self.model._meta
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            if len(rows) == 1 and meta.auto_field:
                key = connection.ops.last_insert_id(cursor, meta.db_table, meta.pk.column)
                rows[0].pk = key


class CompiledUpdate:
    """The compiled UPDATE of a number of rows; calling it executes the statement.

    Safe to use from several threads, as CompiledQuery is.
    """

    def __init__(self, columns: Columns, count: int, using: str) -> None:
        self.columns, self.using, model = columns, using, columns[0].model
        keys = [Parameter(f"pk{row}") for row in range(count)]
        rows = model._base_manager.filter(pk__in=keys)
        query: Any = rows.query.chain(UpdateQuery)
        connection = connections[using]
        query.add_update_values({c.name: _by_key(c, keys, connection) for c in columns})
        self.sql, parameters = query.get_compiler(using).as_sql()
        self.names = [parameter.name for parameter in parameters]

    def __call__(self, rows: Rows) -> None:
        """Update these rows. After an error, Django's atomic() rolls back, as after bulk_update().

        Raises Django's DatabaseError.
        """
        connection = connections[self.using]
        values = {f"pk{number}": row.pk for number, row in enumerate(rows)}
        for column in self.columns:
            for number, row in enumerate(rows):
                value = getattr(row, column.attname)
                values[f"{column.attname}{number}"] = column.get_db_prep_save(value, connection)
        with transaction.mark_for_rollback_on_error(self.using), connection.cursor() as cursor:
            cursor.execute(self.sql, [values[name] for name in self.names])


def _by_key(column: Any, keys: list[Parameter], connection: Any) -> Case | Cast:
    """Return the expression for a row's own value of this column, as in bulk_update()."""
    values = (Parameter(f"{column.attname}{number}") for number in range(len(keys)))
    cases = (When(pk=key, then=value) for key, value in zip(keys, values, strict=True))
    own = Case(*cases, output_field=column)
    cast = connection.features.requires_casted_case_in_updates
    return Cast(own, output_field=column) if cast else own
