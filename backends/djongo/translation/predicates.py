"""Translates conditions to MongoDB's expressions, with true, false and NULL as in SQL.

https://www.mongodb.com/docs/manual/reference/mql/expressions/#comparison-expression-operators
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import NotSupportedError
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Lookup,
)
from django.db.models.sql.where import AND, OR, WhereNode

from backends.djongo.translation.expressions import Mql, to_mql, unless_null

if TYPE_CHECKING:
    from backends.djongo.translation.computed_columns import ComputingCompiler

COMPARISONS = {
    Exact: "$eq",
    GreaterThan: "$gt",
    GreaterThanOrEqual: "$gte",
    In: "$in",
    LessThan: "$lt",
    LessThanOrEqual: "$lte",
}


@to_mql.register(WhereNode)
def _(where: WhereNode, compiler: ComputingCompiler) -> Mql:
    if where.connector not in (AND, OR):
        raise NotSupportedError(f"Djongo cannot compute {where.connector}.")
    operands = [to_mql(child, compiler) for child in where.children]
    condition = _and_or(operands, decisive=where.connector == OR)
    return unless_null([condition], {"$not": [condition]}) if where.negated else condition


@to_mql.register(Lookup)
def _(lookup: Lookup, compiler: ComputingCompiler) -> Mql:
    left = to_mql(lookup.lhs, compiler)
    if isinstance(lookup, IsNull):
        return {"$eq" if lookup.rhs else "$ne": [left, None]}
    operator = next((COMPARISONS[kind] for kind in type(lookup).mro() if kind in COMPARISONS), None)
    if operator is None:
        raise NotSupportedError(f"Djongo cannot compute {lookup.lookup_name!r}.")
    right = _right_side(lookup, compiler)
    return unless_null([left, right], {operator: [left, right]})


def _right_side(lookup: Lookup, compiler: ComputingCompiler) -> Mql:
    if hasattr(lookup.rhs, "resolve_expression"):
        return to_mql(lookup.rhs, compiler)
    _, values = lookup.get_db_prep_lookup(lookup.rhs, compiler.connection)
    return {"$literal": values if isinstance(lookup, In) else values[0]}


def _and_or(operands: Sequence[Mql], *, decisive: bool) -> Mql:
    """Return AND (False if one is) or OR (True if one is); otherwise NULL if one is NULL."""
    branches = [{"case": {"$in": [value, operands]}, "then": value} for value in (decisive, None)]
    return {"$switch": {"branches": branches, "default": not decisive}}
