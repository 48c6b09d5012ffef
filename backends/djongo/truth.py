"""Conditions as MongoDB's expressions, with the third truth value of SQL."""

from __future__ import annotations

from typing import Any

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

from backends.djongo.expressions import computed, unless_null

COMPARISONS = {
    Exact: "$eq",
    GreaterThan: "$gt",
    GreaterThanOrEqual: "$gte",
    In: "$in",
    LessThan: "$lt",
    LessThanOrEqual: "$lte",
}


@computed.register
def _(where: WhereNode, compiler: Any) -> Any:
    if where.connector not in (AND, OR):
        raise NotSupportedError(f"Djongo cannot compute {where.connector}.")
    parts = [computed(child, compiler) for child in where.children]
    together = _all_or_any(parts, decisive=where.connector == OR)
    return unless_null([together], {"$not": [together]}) if where.negated else together


@computed.register
def _(lookup: Lookup, compiler: Any) -> Any:
    left = computed(lookup.lhs, compiler)
    if isinstance(lookup, IsNull):
        return {"$eq" if lookup.rhs else "$ne": [left, None]}
    operator = next((COMPARISONS[kind] for kind in type(lookup).mro() if kind in COMPARISONS), None)
    if operator is None:
        raise NotSupportedError(f"Djongo cannot compute {lookup.lookup_name!r}.")
    right = _right_side(lookup, compiler)
    return unless_null([left, right], {operator: [left, right]})


def _right_side(lookup: Lookup, compiler: Any) -> Any:
    if hasattr(lookup.rhs, "resolve_expression"):
        return computed(lookup.rhs, compiler)
    _, values = lookup.get_db_prep_lookup(lookup.rhs, compiler.connection)
    return {"$literal": values if isinstance(lookup, In) else values[0]}


def _all_or_any(parts: list[Any], *, decisive: bool) -> Any:
    """AND, where one False decides, or OR, where one True does; else one NULL makes it NULL."""
    branches = [{"case": {"$in": [value, parts]}, "then": value} for value in (decisive, None)]
    return {"$switch": {"branches": branches, "default": not decisive}}
