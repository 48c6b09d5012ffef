"""Django's MySQL compilers, with sums that keep every digit."""

from __future__ import annotations

from typing import Any

from django.db.backends.mysql import compiler
from django.db.models import DecimalField, FloatField, Sum, Window

SQLDeleteCompiler = compiler.SQLDeleteCompiler
SQLInsertCompiler = compiler.SQLInsertCompiler
SQLUpdateCompiler = compiler.SQLUpdateCompiler

# https://dev.mysql.com/doc/refman/8.0/en/precision-math-decimal-characteristics.html
MOST_PLACES = 30


class SQLCompiler(compiler.SQLCompiler):
    """A sum of amounts is an amount: https://github.com/dolthub/dolt/issues/10630.

    Dolt adds decimals exactly, and makes a floating-point number of the result unless it is cast.
    """

    def compile(self, node: Any) -> Any:
        sql, params = super().compile(_as_windows_compute(node))
        if _sums_amounts(node):
            places = node.output_field.decimal_places
            sql = f"CAST({sql} AS DECIMAL(65, {MOST_PLACES if places is None else places}))"
        return sql, params


class SQLAggregateCompiler(SQLCompiler, compiler.SQLAggregateCompiler):
    pass


def _sums_amounts(node: Any) -> bool:
    return isinstance(node, Sum) and isinstance(node.output_field, DecimalField)


def _as_windows_compute(node: Any) -> Any:
    """SUM() OVER has floating-point numbers within too, and CAST() OVER would be no SQL."""
    if not isinstance(node, Window):
        return node
    sum_, *others = node.get_source_expressions()
    if not _sums_amounts(sum_):
        return node
    sum_, window = sum_.copy(), node.copy()
    sum_.output_field = FloatField()
    window.set_source_expressions([sum_, *others])
    return window
