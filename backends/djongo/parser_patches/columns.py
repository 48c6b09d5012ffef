"""Resolves the columns of a statement to the fields of a document."""

from __future__ import annotations

from typing import TypeAlias

from djongo.sql2mongo.functions import CountFuncAll, SQLFunc
from djongo.sql2mongo.sql_tokens import SQLIdentifier

from backends.djongo.translation.computed_columns import COLUMN

Column: TypeAlias = "SQLIdentifier | SQLFunc"
djongos_field = SQLIdentifier.field.fget


def field_of(column: SQLIdentifier) -> str:
    """SQLIdentifier.field; a column without a table belongs to the only table.

    Djongo takes the column's own name for that of a table.
    """
    name: str = column.column
    alone = column._token.get_parent_name() is None
    return name if alone and name not in column.token_alias.alias2token else djongos_field(column)


def name_of(column: Column) -> str:
    """Return the field of a selected column, or of an aggregate."""
    name: str = column.alias if isinstance(column, CountFuncAll) else column.field
    return name


def is_computed(column: Column) -> bool:
    """Return whether this is a column of backends/djongo/translation/computed_columns.py."""
    return isinstance(column, SQLIdentifier) and column.column.startswith(COLUMN)
