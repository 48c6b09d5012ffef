"""Querysets that are compiled to SQL at their first use and from then on only executed.

Building the SQL of a small query takes Django longer than answering it takes the database. The
SQL of most requests is the same and only the values change, so the SQL is kept.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.expressions import Value
from django.db.models.sql.compiler import SQLCompiler

from bank.engine import Engine

MOST_ROWS = 100
"""Of a statement that has a form for each number of rows. Longer ones are rare, and not kept: the
one for 1,000 rows takes up to 2 MB, and there would be one for each number."""


class Parameter(Value):
    """A placeholder in a queryset for a value that is given when the query is executed."""

    def __init__(self, name: str) -> None:
        # The value is this object itself, for engines that use values instead of SQL.
        super().__init__(self, output_field=models.Field())
        self.name = name

    def __repr__(self) -> str:  # Django's includes the value's, which would recurse without end
        return f"Parameter({self.name!r})"

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """Return a placeholder, with this object itself as its parameter."""
        return "%s", [self]


class CompiledQuery:
    """The compiled form of a values_list() queryset; calling it executes the query.

    Safe to use from several threads: a call changes nothing in this object, and executes on the
    calling thread's own connection. The value converters are given the connection of the thread
    that compiled the query, of which they read only features and settings.
    """

    def __init__(self, queryset: models.QuerySet[Any], using: str) -> None:
        self.using = using
        self.compiler: SQLCompiler = queryset.query.get_compiler(using)
        self.sql, self.parameters = self.compiler.as_sql()
        columns = [column[0] for column in self.compiler.select]
        self.converters = self.compiler.get_converters(columns)

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        """Execute the query with these values for its Parameters, by name; return the rows.

        The values of the rows are converted as the queryset would. Raises KeyError if the value of
        a Parameter is missing, and Django's DatabaseError.
        """
        parameters = [self._value(parameter, values) for parameter in self.parameters]
        rows = Engine(self.using).rows(self.sql, parameters)
        if self.converters:
            return [tuple(row) for row in self.compiler.apply_converters(rows, self.converters)]
        return rows

    @staticmethod
    def _value(parameter: Any, values: dict[str, Any]) -> Any:
        return values[parameter.name] if isinstance(parameter, Parameter) else parameter


def compiled(build: Callable[..., models.QuerySet[Any]]) -> Callable[..., CompiledQuery]:
    """Decorate a function that builds a queryset so that it returns a compiled query.

    The function's arguments are for what changes the SQL itself (a LIMIT) and must be hashable;
    all other values are Parameters. The 256 combinations of arguments used last are kept; the
    decorated function may be called from several threads.
    """

    @functools.lru_cache(maxsize=256)
    def compile_query(*args: Any) -> CompiledQuery:
        kind = Engine().compiled_query(CompiledQuery)
        query: CompiledQuery = kind(build(*args), DEFAULT_DB_ALIAS)
        return query

    return functools.wraps(build)(compile_query)
