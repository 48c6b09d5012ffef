"""Django's MySQL compilers, with exact sums of decimals."""

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
    """Casts a sum of decimals to DECIMAL: https://github.com/dolthub/dolt/issues/10630.

    Dolt adds decimals exactly, but without the cast it returns a floating-point number.
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
    """Return a sum over a window as a float: Dolt computes it so, and CAST() OVER is not SQL."""
    if not isinstance(node, Window):
        return node
    sum_, *others = node.get_source_expressions()
    if not _sums_amounts(sum_):
        return node
    sum_, window = sum_.copy(), node.copy()
    sum_.output_field = FloatField()
    window.set_source_expressions([sum_, *others])
    return window
