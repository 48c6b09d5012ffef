"""Corrections of Djongo's SELECT: computed columns, conditions before joins, empty aggregates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from djongo.exceptions import SQLDecodeError
from djongo.sql2mongo import query
from djongo.sql2mongo.functions import SQLFunc

from backends.djongo.parser_patches.columns import Column, name_of
from backends.djongo.parser_patches.statements import Query
from backends.djongo.parser_patches.where import Filter
from backends.djongo.translation.computed_columns import COLUMN
from backends.djongo.translation.expressions import Stage


class SelectQuery(query.SelectQuery):
    stages: Sequence[Stage] = ()
    """The stages of the Statement, which add its computed columns."""

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        """Return one row for an aggregate of no rows; Djongo returns none."""
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

    def _selected(self) -> list[Column]:
        found: list[Column] = (self.distinct or self.selected_columns).sql_tokens
        return found

    def _needs_aggregation(self) -> bool:
        return bool(self.stages) or bool(super()._needs_aggregation())

    def _make_pipeline(self) -> list[Stage]:
        """Filter by the conditions on one table before the joins; Djongo joins all rows first.

        So nothing is computed of rows that were not selected, such as a division by zero.
        Raises SQLDecodeError where the rows would be wrong: of a table that is joined twice, which
        takes its own place, and ordered by a column that groups or distinct rows do not have.
        """
        self._check_joins()
        self._check_order()
        pipeline: list[Stage] = super()._make_pipeline()
        joined = sum(len(join.to_mongo()) for join in self.joins)
        pipeline[joined:joined] = map(self._with_its_pipeline, self.stages)
        early = self.where and (self.joins or self.stages)
        conditions = _conjuncts(self.where.op.to_mongo()) if early else ()
        if own := [condition for condition in conditions if _of_one_table(condition)]:
            pipeline.insert(0, {"$match": {"$and": own}})
        return pipeline

    def _check_joins(self) -> None:
        tables = [self.left_table, *(join.right_table for join in self.joins)]
        if len(set(tables)) < len(tables):
            raise SQLDecodeError("A table twice")

    def _check_order(self) -> None:
        if not (self.distinct or self.groupby):
            return
        grouped = self.groupby.sql_tokens if self.groupby else []
        there = {name_of(column) for column in [*self._selected(), *grouped]}
        if not there.issuperset(column.field for column in self.ordered()):
            raise SQLDecodeError("ORDER BY a column that is not selected")

    def ordered(self) -> list[Column]:
        """Return the columns after ORDER BY."""
        return self.order.columns if self.order else []

    def _with_its_pipeline(self, stage: Stage) -> Stage:
        """Return a $lookup whose pipeline Djongo makes from its SQL."""
        if "$lookup" not in stage:
            return stage
        sql, params = stage["$lookup"]["pipeline"]
        inner = Query(None, self.db, self.connection_properties, sql, params)._query
        value = {"$project": {"_id": False, "value": f"${name_of(inner._selected()[0])}"}}
        return {"$lookup": stage["$lookup"] | {"pipeline": [*inner._make_pipeline(), value]}}


def _conjuncts(condition: Filter) -> Iterator[Filter]:
    for part in condition.get("$and", ()):
        yield from _conjuncts(part)
    if "$and" not in condition:
        yield condition


def _of_one_table(part: object) -> bool:
    """Return whether a condition has neither a column of a joined table nor a computed one."""
    if isinstance(part, Mapping):
        return not any(
            name == "$expr" or "." in name or name.startswith(COLUMN) for name in part
        ) and all(map(_of_one_table, part.values()))
    return all(map(_of_one_table, part)) if isinstance(part, list) else True
