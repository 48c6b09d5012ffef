"""Querysets that are compiled to SQL once and then only executed.

Building the SQL of a small query costs Django more time than the database needs to answer it. A
page that is asked for all day need not be built again every time: only its values change.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Value
from django.db.models.sql.compiler import SQLCompiler

from bank.engine import Engine


class Parameter(Value):
    """Stands in a queryset for a value that is known only when the query runs."""

    def __init__(self, name: str) -> None:
        # The value is this object itself, for engines that ask for values and not for SQL.
        super().__init__(self, output_field=models.Field())
        self.name = name

    def __repr__(self) -> str:  # Django's has the value's, which is this again
        return f"Parameter({self.name!r})"

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """A placeholder, and this object itself where its value will be."""
        return "%s", [self]


class CompiledQuery:
    """Rows of a values_list() queryset as tuples, with the same converters as the queryset."""

    def __init__(self, queryset: models.QuerySet[Any], using: str) -> None:
        self.using = using
        self.compiler: SQLCompiler = queryset.query.get_compiler(using)
        self.sql, self.parameters = self.compiler.as_sql()
        columns = [column[0] for column in self.compiler.select]
        self.converters = self.compiler.get_converters(columns)

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        """Execute it, each Parameter replaced by the value of its name."""
        with connections[self.using].cursor() as cursor:
            cursor.execute(self.sql, [self._value(p, values) for p in self.parameters])
            rows = cursor.fetchall()
        if self.converters:
            return [tuple(row) for row in self.compiler.apply_converters(rows, self.converters)]
        return rows

    @staticmethod
    def _value(parameter: Any, values: dict[str, Any]) -> Any:
        return values[parameter.name] if isinstance(parameter, Parameter) else parameter


def compiled(build: Callable[..., models.QuerySet[Any]]) -> Callable[..., CompiledQuery]:
    """Decorate a function that builds a queryset: its query is then compiled at the first call.

    The function's arguments are what changes the SQL itself (a LIMIT); values are Parameters.
    """

    @functools.lru_cache(maxsize=256)
    def compile_once(*args: Any) -> CompiledQuery:
        kind = Engine().compiled_query(CompiledQuery)
        query: CompiledQuery = kind(build(*args), DEFAULT_DB_ALIAS)
        return query

    return functools.wraps(build)(compile_once)
