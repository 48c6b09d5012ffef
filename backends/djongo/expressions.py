"""Django's expressions as MongoDB's, for what the server is to compute.

https://www.mongodb.com/docs/manual/reference/mql/expressions/
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from django.db import NotSupportedError
from django.db.models import Case, Value
from django.db.models.expressions import (
    Col,
    CombinedExpression,
    DurationExpression,
    ExpressionWrapper,
    NegatedExpression,
    Ref,
    TemporalSubtraction,
)

ARITHMETIC = {"+": "$add", "-": "$subtract", "*": "$multiply", "/": "$divide", "%%": "$mod"}


class Computed(Value):
    """A parameter that is an expression of MongoDB's instead of a value."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


@singledispatch
def computed(expression: Any, compiler: Any) -> Any:
    """What MongoDB computes for this expression, or NotSupportedError."""
    raise NotSupportedError(f"Djongo cannot compute {expression!r}.")


@computed.register
def _(value: Value, compiler: Any) -> Any:
    if type(value).as_sql is not Value.as_sql:  # bank/compiled.py puts others in its place later
        raise NotSupportedError(f"Djongo cannot compute with {value!r}.")
    field = getattr(value, "_output_field_or_none")  # noqa: B009 - the types do not know it
    prepared = field.get_db_prep_save(value.value, compiler.connection) if field else value.value
    return {"$literal": prepared}


@computed.register
def _(column: Col, compiler: Any) -> Any:
    """Djongo puts the columns of a joined table into one field; an outer join leaves them out."""
    query = compiler.query
    if column.alias in (None, compiler.base()):
        return f"${column.target.column}"
    if column.alias not in query.alias_map:
        return _of_outer_row(column, compiler)
    table = query.alias_map[column.alias].table_name
    return {"$ifNull": [f"${table}.{column.target.column}", None]}


def _of_outer_row(column: Any, compiler: Any) -> str:
    """A variable for a column of the query around this one."""
    if compiler.outer is None:
        raise NotSupportedError("Djongo reads a list after IN that is the same for each row.")
    name = f"outer_{column.alias}_{column.target.column}".lower()
    compiler.variables[name] = computed(column, compiler.outer)
    return f"$${name}"


@computed.register
def _(selected: Ref, compiler: Any) -> Any:
    return computed(selected.get_source_expressions()[0], compiler)


@computed.register
def _(wrapper: ExpressionWrapper, compiler: Any) -> Any:
    return computed(wrapper.expression, compiler)


@computed.register
def _(negated: NegatedExpression, compiler: Any) -> Any:
    condition = computed(negated.expression, compiler)
    return unless_null([condition], {"$not": [condition]})


@computed.register
def _(both: CombinedExpression, compiler: Any) -> Any:
    if both.connector not in ARITHMETIC:
        raise NotSupportedError(f"Djongo cannot compute {both.connector!r}.")
    return {ARITHMETIC[both.connector]: [computed(s, compiler) for s in (both.lhs, both.rhs)]}


@computed.register(DurationExpression)
@computed.register(TemporalSubtraction)
def _(both: Any, compiler: Any) -> Any:
    """MongoDB would count milliseconds, where Django counts microseconds."""
    raise NotSupportedError("Djongo cannot compute with durations.")


@computed.register
def _(case: Case, compiler: Any) -> Any:
    branches = [
        {"case": computed(when.condition, compiler), "then": computed(when.result, compiler)}
        for when in case.cases
    ]
    return {"$switch": {"branches": branches, "default": computed(case.default, compiler)}}


def unless_null(parts: list[Any], otherwise: Any) -> Any:
    """SQL's third truth value: what is compared with NULL is NULL. MongoDB compares it."""
    return {"$cond": [{"$in": [None, parts]}, None, otherwise]}
