"""Translates Exists() and Subquery() to $lookup; Djongo parses the inner SELECT.

Djongo itself reads no subquery but that of IN. Columns of the outer row that the inner SELECT uses
are variables: https://www.mongodb.com/docs/manual/reference/operator/aggregation/lookup/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError
from django.db.models import Exists, Subquery

from backends.djongo.translation.expressions import Mql, to_mql

if TYPE_CHECKING:
    from backends.djongo.translation.computed_columns import ComputingCompiler


@to_mql.register(Exists)
def _(exists: Exists, compiler: ComputingCompiler) -> Mql:
    try:
        return {"$ne": [f"${_rows(exists, compiler)}", []]}
    except EmptyResultSet:
        return {"$literal": False}


@to_mql.register(Subquery)
def _(subquery: Subquery, compiler: ComputingCompiler) -> Mql:
    query = subquery.query
    if query.high_mark is None or query.high_mark - query.low_mark != 1:
        raise NotSupportedError("Djongo takes one row of a subquery: write [:1].")
    try:
        first = {"row": {"$first": f"${_rows(subquery, compiler)}"}}
    except EmptyResultSet:
        return {"$literal": None}
    return {"$let": {"vars": first, "in": {"$ifNull": ["$$row.value", None]}}}


def _rows(subquery: Subquery, compiler: ComputingCompiler) -> str:
    """Return the name of the outer row's column with the list of the inner rows."""
    inner: ComputingCompiler = subquery.query.get_compiler(connection=compiler.connection)
    inner.outer = compiler
    statement, params = inner.as_sql()
    table = subquery.query.alias_map[inner.base()].table_name
    lookup = {"from": table, "let": inner.variables, "pipeline": [statement, params]}
    return compiler.rows(lookup, [inner.stages, lookup])
