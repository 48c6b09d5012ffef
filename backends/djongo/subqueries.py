"""Exists() and Subquery() as a $lookup whose pipeline Djongo makes of the inner SELECT.

Djongo itself reads no subquery but that of IN. What the inner one wants of the outer row are
variables: https://www.mongodb.com/docs/manual/reference/operator/aggregation/lookup/
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError
from django.db.models import Exists, Subquery

from backends.djongo.expressions import computed


@computed.register
def _(exists: Exists, compiler: Any) -> Any:
    try:
        return {"$ne": [f"${_rows(exists, compiler)}", []]}
    except EmptyResultSet:
        return {"$literal": False}


@computed.register
def _(subquery: Subquery, compiler: Any) -> Any:
    query = subquery.query
    if query.high_mark is None or query.high_mark - query.low_mark != 1:
        raise NotSupportedError("Djongo takes one row of a subquery: write [:1].")
    try:
        first = {"row": {"$first": f"${_rows(subquery, compiler)}"}}
    except EmptyResultSet:
        return {"$literal": None}
    return {"$let": {"vars": first, "in": {"$ifNull": ["$$row.value", None]}}}


def _rows(subquery: Any, compiler: Any) -> str:
    """The name of a column of the outer row: the list of the inner ones."""
    inner = subquery.query.get_compiler(connection=compiler.connection)
    inner.outer = compiler
    statement, params = inner.as_sql()
    table = subquery.query.alias_map[inner.base()].table_name
    lookup = {"from": table, "let": inner.variables, "pipeline": [statement, params]}
    name: str = compiler.rows(lookup, [statement.stages, lookup])
    return name
