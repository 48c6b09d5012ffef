"""Compiled queries (bank/compiled.py) for MongoDB: kept aggregation pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connections, models
from django.db.models.expressions import Value
from django.db.models.sql.constants import GET_ITERATOR_CHUNK_SIZE


class CompiledPipeline:
    """The compiled form of a values_list() queryset; calling it executes the query.

    Safe to use from several threads: a call changes nothing in this object, and executes in the
    session of the calling thread's own connection.
    """

    def __init__(self, queryset: models.QuerySet[Any], using: str) -> None:
        self.using = using
        self.compiler: Any = queryset.query.get_compiler(using)
        self.compiler.pre_sql_setup()
        self.columns = self.compiler.columns
        query = self.compiler.build_query(self.columns)
        query.match_mql = _indexed(query.match_mql)
        _select_before_joining(query)
        self.pipeline = query.get_pipeline()

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        """Execute the query with these values for its parameters, by name; return the rows.

        The values of the rows are converted as the queryset would. Raises KeyError if the value of
        a parameter is missing, and Django's DatabaseError.
        """
        connection: Any = connections[self.using]
        collection = connection.get_collection(self.compiler.collection_name)
        found = collection.aggregate(_filled(self.pipeline, values), session=connection.session)
        chunks = self.compiler.cursor_iter(found, GET_ITERATOR_CHUNK_SIZE, self.columns)
        return list(self.compiler.results_iter(chunks, tuple_expected=True))


def _indexed(condition: Any) -> Any:
    """Return the condition in the form that uses an index.

    For a list of expressions the backend generates `$expr`, which does not:
    https://www.mongodb.com/docs/manual/reference/operator/query/expr/
    """
    match condition:
        case {"$expr": {"$in": [str(path), list(values)]}}:
            return {path.removeprefix("$"): {"$in": values}}
    return condition


def _select_before_joining(query: Any) -> None:
    """Move a condition that refers to no joined document before the joins.

    MongoDB's optimizer does this itself; SecantusDB would join the whole collection first:
    https://www.mongodb.com/docs/manual/core/aggregation-pipeline-optimization/
    """
    joined = [stage["$lookup"]["as"] for stage in query.lookup_pipeline if "$lookup" in stage]
    if query.match_mql and not any(name in str(query.match_mql) for name in joined):
        query.lookup_pipeline = [{"$match": query.match_mql}, *query.lookup_pipeline]
        query.match_mql = {}


def _filled(part: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(part, Value):  # bank's Parameter; the compiler has replaced all others
        return values[part.name]  # type: ignore[attr-defined]
    if isinstance(part, Mapping):
        return {name: _filled(value, values) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_filled(value, values) for value in part]
    return part
