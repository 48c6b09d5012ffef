"""Translates aggregates and GROUP BY to the stages $group and $project."""

from __future__ import annotations

from djongo.sql2mongo import query
from djongo.sql2mongo.functions import SimpleFunc

from backends.djongo.parser_patches.columns import Column, is_computed
from backends.djongo.translation.expressions import Stage


class AggColumnSelectConverter(query.AggColumnSelectConverter):
    def to_mongo(self) -> list[Stage]:
        return _without_empty_sums(super().to_mongo(), self.sql_tokens)


class GroupbyConverter(query.GroupbyConverter):
    def to_mongo(self) -> list[Stage]:
        """Add the values that are selected beside the groups, and those they are ordered by."""
        stages: list[Stage] = super().to_mongo()
        group, project = stages[0]["$group"], stages[1]["$project"]
        selected = self.query.selected_columns.sql_tokens
        grouped = {column.field for column in self.sql_tokens}
        for name in {column.field for column in selected if is_computed(column)} - grouped:
            group[name], project[name] = {"$first": f"${name}"}, True
        for name in grouped & {column.field for column in self.query.ordered()}:
            project[name] = f"$_id.{name}"
        return _without_empty_sums(stages, selected)


def _without_empty_sums(stages: list[Stage], selected: list[Column]) -> list[Stage]:
    """Return a sum that is NULL for no rows, as in SQL; MongoDB's is 0."""
    for column in selected:
        if isinstance(column, SimpleFunc) and column.func == "SUM":
            group, project = stages[0]["$group"], stages[1]["$project"]
            one = f"{column.alias}__one"  # any value that is summed, or null
            group[one] = {"$max": f"${column.iden.field}"}
            empty = {"$eq": [f"${one}", None]}
            project[column.alias] = {"$cond": [empty, None, f"${column.alias}"]}
    return stages
