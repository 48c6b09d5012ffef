"""How values and functions are written for Djongo, and read again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bson import Decimal128
from django.db import NotSupportedError
from django.db.backends.utils import format_number
from djongo import operations

from backends.mongodb.flush import empty

DATE_PARTS = {"year", "month", "day"}
TIME_PARTS = {"hour", "minute", "second"}
Part = tuple[str, Any]


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "backends.djongo.compiler"

    def conditional_expression_supported_in_where_clause(self, expression: Any) -> bool:
        """False: Djongo reads `WHERE "active" = %s`, and not `WHERE "active"`.

        https://github.com/doableware/djongo/issues/465
        """
        return False

    def return_insert_columns(self, fields: Sequence[Any]) -> tuple[str, tuple[()]]:
        """Nothing to add to an INSERT: Djongo tells the last key that it has given."""
        return "", ()

    def fetch_returned_insert_columns(self, cursor: Any, returning_params: Any) -> tuple[Any]:
        return (cursor.lastrowid,)

    def fetch_returned_insert_rows(self, cursor: Any) -> list[Any]:
        """The keys of bulk_create(): Djongo takes as many from the counter as there are rows."""
        last, number = cursor.lastrowid, cursor.rowcount
        return [(key,) for key in range(last - number + 1, last + 1)]

    def sql_flush(self, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        """The tables, which execute_sql_flush() takes; Djongo would parse a statement for each."""
        return [*tables]

    def execute_sql_flush(self, tables: Sequence[str]) -> None:
        empty(self.connection.database, tables)

    def prep_for_like_query(self, x: Any) -> str:
        """The text itself: Djongo makes a regular expression of it, and escapes nothing."""
        return re.escape(str(x)).replace("%", r"\x25")  # for Djongo % is the wildcard

    prep_for_iexact_query = prep_for_like_query

    def adapt_datefield_value(self, value: date | None) -> Any:
        """As Djongo's, which goes by way of a function that Python 3.12 declares obsolete."""
        return value and datetime(value.year, value.month, value.day)

    def adapt_decimalfield_value(
        self, value: Any, max_digits: int | None = None, decimal_places: int | None = None
    ) -> Any:
        """Rounded as the column is declared; Django no longer does that before."""
        if not isinstance(value, Decimal):
            return value
        return Decimal128(format_number(value, max_digits, decimal_places) or "")

    def get_db_converters(self, expression: Any) -> list[Callable[..., Any]]:
        """Djongo's, and those that it lacks."""
        converters: list[Callable[..., Any]] = super().get_db_converters(expression)
        kind = expression.output_field.get_internal_type()
        if kind == "DecimalField":
            converters.append(_decimal)
        elif kind == "UUIDField":
            converters.append(_uuid)
        return converters

    # Since Django 4.2 a function gets the SQL of its argument with that one's parameters.

    def date_extract_sql(self, lookup_type: str, sql: str, params: Any) -> Part:
        return self._extract(lookup_type, sql, params, DATE_PARTS)

    def datetime_extract_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None
    ) -> Part:
        if tzname not in (None, "UTC"):
            raise NotSupportedError("Djongo finds a moment to write to by its parts in UTC only.")
        return self._extract(lookup_type, sql, params, DATE_PARTS | TIME_PARTS)

    def _extract(self, lookup_type: str, sql: str, params: Any, parts: set[str]) -> Part:
        if lookup_type not in parts:
            raise ValueError(f"Djongo can extract {', '.join(sorted(parts))}, not {lookup_type}.")
        return f"{lookup_type.upper()}({sql})", params


def _decimal(value: Any, expression: Any, connection: Any) -> Any:
    return value.to_decimal() if isinstance(value, Decimal128) else value


def _uuid(value: Any, expression: Any, connection: Any) -> Any:
    return value and uuid.UUID(value)
