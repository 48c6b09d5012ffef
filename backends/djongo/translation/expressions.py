"""Translates Django's expressions, which the server computes, to MongoDB's.

https://www.mongodb.com/docs/manual/reference/mql/expressions/
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from django.db import NotSupportedError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, Value
from django.db.models.expressions import (
    Col,
    CombinedExpression,
    DurationExpression,
    ExpressionWrapper,
    NegatedExpression,
    TemporalSubtraction,
)
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    from backends.djongo.translation.computed_columns import ComputingCompiler

Mql = (
    object  # an expression of MongoDB: a constant, the "$name" of a field, {"$operator": operands}
)
Stage = dict[str, Any]  # of an aggregation pipeline

ARITHMETIC = {"+": "$add", "-": "$subtract", "*": "$multiply", "/": "$divide", "%%": "$mod"}


class ComputedValue(Value):
    """A parameter of an UPDATE whose value is an expression of MongoDB.

    See UpdateQuery in backends/djongo/parser_patches/writes.py.
    """

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return "%s", [self]


@singledispatch
def to_mql(expression: object, compiler: ComputingCompiler) -> Mql:
    """Return the MongoDB expression that has the same value as this one has in SQL.

    Raises NotSupportedError where there is none.
    """
    raise NotSupportedError(f"Djongo cannot compute {expression!r}.")


@to_mql.register(Value)
def _(value: Value, compiler: ComputingCompiler) -> Mql:
    field = value._output_field_or_none  # type: ignore[attr-defined]  # missing in the stubs
    prepared = field.get_db_prep_save(value.value, compiler.connection) if field else value.value
    return {"$literal": prepared}


@to_mql.register(Col)
def _(column: Col, compiler: ComputingCompiler) -> Mql:
    """Return a column: Djongo nests those of joined tables, and an outer join omits them."""
    if column.alias in (None, compiler.base()):
        return f"${column.target.column}"
    if column.alias not in compiler.query.alias_map:
        return _of_outer_row(column, compiler)
    table = compiler.query.alias_map[column.alias].table_name
    return {"$ifNull": [f"${table}.{column.target.column}", None]}


def _of_outer_row(column: Col, compiler: ComputingCompiler) -> str:
    """Return a variable for a column of the outer query."""
    if compiler.outer is None:
        raise NotSupportedError("Djongo reads a list after IN that is the same for each row.")
    name = f"outer_{column.alias}_{column.target.column}".lower()
    compiler.variables[name] = to_mql(column, compiler.outer)
    return f"$${name}"


@to_mql.register(ExpressionWrapper)
def _(wrapper: ExpressionWrapper, compiler: ComputingCompiler) -> Mql:
    return to_mql(wrapper.expression, compiler)


@to_mql.register(NegatedExpression)
def _(negated: NegatedExpression, compiler: ComputingCompiler) -> Mql:
    condition = to_mql(negated.expression, compiler)
    return unless_null([condition], {"$not": [condition]})


@to_mql.register(CombinedExpression)
def _(both: CombinedExpression, compiler: ComputingCompiler) -> Mql:
    if both.connector not in ARITHMETIC:
        raise NotSupportedError(f"Djongo cannot compute {both.connector!r}.")
    return {ARITHMETIC[both.connector]: [to_mql(s, compiler) for s in (both.lhs, both.rhs)]}


@to_mql.register(DurationExpression)
@to_mql.register(TemporalSubtraction)
def _(both: CombinedExpression, compiler: ComputingCompiler) -> Mql:
    """Return a difference of datetimes in microseconds; MongoDB's is in milliseconds."""
    raise NotSupportedError("Djongo cannot compute with durations.")


@to_mql.register(Case)
def _(case: Case, compiler: ComputingCompiler) -> Mql:
    branches = [
        {"case": to_mql(when.condition, compiler), "then": to_mql(when.result, compiler)}
        for when in case.cases
    ]
    return {"$switch": {"branches": branches, "default": to_mql(case.default, compiler)}}


def unless_null(operands: Sequence[Mql], result: Mql) -> Mql:
    """Return NULL if an operand is NULL, else the result: MongoDB compares NULL like a value."""
    return {"$cond": [{"$in": [None, operands]}, None, result]}
