"""Djongo's SELECT: with what is computed, what is decided early, and the one row of aggregates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from djongo.exceptions import SQLDecodeError
from djongo.sql2mongo import query
from djongo.sql2mongo.functions import CountFuncAll, SQLFunc
from djongo.sql2mongo.sql_tokens import SQLIdentifier

from backends.djongo.computing import COLUMN, Statement

WITHOUT_NAME = re.compile(r"(SELECT \w+\([^()]*\)) FROM", re.IGNORECASE)


class SelectQuery(query.SelectQuery):
    stages: Sequence[Any] = ()
    """What is computed before Djongo looks; see backends/djongo/computing.py."""

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """An aggregate of no rows is a row, too; Djongo has none."""
        begun = self._cursor is not None
        rows = super().__iter__()
        first = next(rows, None)
        if first is not None:
            yield first
            yield from rows
        elif not begun and self._is_one_row():
            yield tuple(0 if column.func == "COUNT" else None for column in self._selected())

    def _is_one_row(self) -> bool:
        return not self.groupby and all(isinstance(each, SQLFunc) for each in self._selected())

    def _selected(self) -> list[Any]:
        found: list[Any] = (self.distinct or self.selected_columns).sql_tokens
        return found

    def _needs_aggregation(self) -> bool:
        return bool(self.stages) or bool(super()._needs_aggregation())

    def _make_pipeline(self) -> list[dict[str, Any]]:
        """What can be decided before the joins is, too: Djongo joins all rows, then picks some.

        So nothing is computed of rows that are not wanted, such as a division by zero.
        A table that is joined twice would take its own place, and the answer be wrong; so would it
        be in the order of what groups or distinct rows no longer have.
        """
        tables = [self.left_table, *(join.right_table for join in self.joins)]
        if len(set(tables)) < len(tables):
            raise SQLDecodeError("A table twice")
        if self.distinct or self.groupby:
            self._check_order()
        pipeline: list[dict[str, Any]] = super()._make_pipeline()
        joined = sum(len(join.to_mongo()) for join in self.joins)
        pipeline[joined:joined] = map(self._with_its_pipeline, self.stages)
        early = self.where and (self.joins or self.stages)
        conditions = _conjuncts(self.where.op.to_mongo()) if early else ()
        if own := [condition for condition in conditions if _of_one_table(condition)]:
            pipeline.insert(0, {"$match": {"$and": own}})
        return pipeline

    def _check_order(self) -> None:
        grouped = self.groupby.sql_tokens if self.groupby else []
        there = {_field(column) for column in [*self._selected(), *grouped]}
        if not there.issuperset(column.field for column in self.ordered()):
            raise SQLDecodeError("ORDER BY what is not selected")

    def ordered(self) -> list[Any]:
        """The columns after ORDER BY."""
        return self.order.columns if self.order else []

    def _with_its_pipeline(self, stage: dict[str, Any]) -> dict[str, Any]:
        """A $lookup comes with its SQL, of which Djongo makes the pipeline."""
        if "$lookup" not in stage:
            return stage
        sql, params = stage["$lookup"]["pipeline"]
        inner = Query(None, self.db, self.connection_properties, sql, params)._query
        value = {"$project": {"_id": False, "value": f"${_field(inner._selected()[0])}"}}
        return {"$lookup": stage["$lookup"] | {"pipeline": [*inner._make_pipeline(), value]}}


def _field(column: Any) -> str:
    name: str = column.alias if isinstance(column, CountFuncAll) else column.field
    return name


def is_computed(column: Any) -> bool:
    """Whether this column is one that backends/djongo/computing.py has named."""
    return isinstance(column, SQLIdentifier) and column.column.startswith(COLUMN)


def _conjuncts(condition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in condition.get("$and", ()):
        yield from _conjuncts(part)
    if "$and" not in condition:
        yield condition


def _of_one_table(part: Any) -> bool:
    """Whether a condition names no column of a joined table, nor computes anything."""
    if isinstance(part, Mapping):
        return not any(
            name == "$expr" or "." in name or name.startswith(COLUMN) for name in part
        ) and all(map(_of_one_table, part.values()))
    return all(map(_of_one_table, part)) if isinstance(part, list) else True


TABLES_COLUMN = SQLIdentifier.field.fget


def _field_of(column: SQLIdentifier) -> str:
    """Without the name of a table it is the only one's; Djongo takes its own name for that."""
    name: str = column.column
    alone = column._token.get_parent_name() is None
    return name if alone and name not in column.token_alias.alias2token else TABLES_COLUMN(column)


SQLIdentifier.field = property(_field_of)


class Query(query.Query):
    """A statement; Djongo reads a lone aggregate such as COUNT(*) only with a name for it."""

    def __init__(self, client: Any, database: Any, properties: Any, sql: str, params: Any) -> None:
        named = WITHOUT_NAME.sub(r'\1 AS "value" FROM', sql)
        super().__init__(client, database, properties, named, params)
        if isinstance(sql, Statement):
            self._query.stages = sql.stages
