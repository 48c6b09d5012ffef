"""Converts values and functions to SQL that Djongo can parse, and values back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from bson import Decimal128
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper, format_number
from django.db.models import Field
from django.db.models.expressions import BaseExpression
from djongo import operations

from backends.mongodb.flush import empty


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "backends.djongo.compiler"

    def conditional_expression_supported_in_where_clause(self, expression: object) -> bool:
        """False: Djongo parses `WHERE "active" = %s`, but not `WHERE "active"`.

        https://github.com/doableware/djongo/issues/465
        """
        return False

    def return_insert_columns(self, fields: Sequence[Field]) -> tuple[str, tuple[()]]:
        """Add nothing to an INSERT: Djongo returns the last key that it generated."""
        return "", ()

    def fetch_returned_insert_columns(
        self, cursor: CursorWrapper, returning_params: object
    ) -> tuple[int]:
        return (cursor.lastrowid,)

    def fetch_returned_insert_rows(self, cursor: CursorWrapper) -> list[tuple[int]]:
        """Return the keys of bulk_create(): Djongo's counter was raised by the number of rows."""
        last, number = cursor.lastrowid, cursor.rowcount
        return [(key,) for key in range(last - number + 1, last + 1)]

    def sql_flush(self, style: object, tables: Sequence[str], **options: object) -> list[str]:
        """Return the tables for execute_sql_flush(); Djongo would parse a statement for each."""
        return [*tables]

    def execute_sql_flush(self, tables: Sequence[str]) -> None:
        empty(self.connection.database, tables)

    def prep_for_like_query(self, x: object) -> str:
        """Return the string escaped: Djongo makes a regular expression of it without escaping."""
        return re.escape(str(x)).replace("%", r"\x25")  # for Djongo % is the wildcard

    prep_for_iexact_query = prep_for_like_query

    def adapt_datefield_value(self, value: date | None) -> datetime | None:
        """Return the same as Djongo's, which uses a function deprecated in Python 3.12."""
        return datetime(value.year, value.month, value.day) if value else None

    def adapt_decimalfield_value(
        self, value: object, max_digits: int | None = None, decimal_places: int | None = None
    ) -> object:
        """Return the decimal rounded to the column's scale; Django no longer rounds it before."""
        if not isinstance(value, Decimal):
            return value
        return Decimal128(format_number(value, max_digits, decimal_places) or "")

    def get_db_converters(self, expression: BaseExpression) -> list[Callable[..., object]]:
        """Return Djongo's converters, and those that it lacks."""
        converters: list[Callable[..., object]] = super().get_db_converters(expression)
        kind = expression.output_field.get_internal_type()
        if kind == "DecimalField":
            converters.append(_decimal)
        elif kind == "UUIDField":
            converters.append(_uuid)
        return converters


def _decimal(value: object, expression: BaseExpression, connection: BaseDatabaseWrapper) -> object:
    return value.to_decimal() if isinstance(value, Decimal128) else value


def _uuid(
    value: str | None, expression: BaseExpression, connection: BaseDatabaseWrapper
) -> UUID | None:
    return UUID(value) if value else None
