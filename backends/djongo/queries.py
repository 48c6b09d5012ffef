"""Parts of Djongo that read SQL too narrowly, in the wrong order or aloud, replaced."""

from __future__ import annotations

from functools import lru_cache
from logging import getLogger
from typing import Any

from djongo.sql2mongo import converters, query
from djongo.sql2mongo.functions import SimpleFunc

from backends.djongo import selects
from backends.djongo.conditions import WhereOp
from backends.djongo.expressions import Computed
from backends.djongo.selects import is_computed

logger = getLogger(__name__)


class AggColumnSelectConverter(query.AggColumnSelectConverter):
    def to_mongo(self) -> list[Any]:
        return _without_empty_sums(super().to_mongo(), self.sql_tokens)


class GroupbyConverter(query.GroupbyConverter):
    def to_mongo(self) -> list[Any]:
        """With a value that is selected beside the groups, and with what they are ordered by."""
        stages: list[Any] = super().to_mongo()
        group, project = stages[0]["$group"], stages[1]["$project"]
        selected = self.query.selected_columns.sql_tokens
        grouped = {column.field for column in self.sql_tokens}
        for name in {column.field for column in selected if is_computed(column)} - grouped:
            group[name], project[name] = {"$first": f"${name}"}, True
        for name in grouped & {column.field for column in self.query.ordered()}:
            project[name] = f"$_id.{name}"
        return _without_empty_sums(stages, selected)


def _without_empty_sums(stages: list[Any], selected: list[Any]) -> list[Any]:
    """In SQL the sum of nothing is NULL; MongoDB says 0."""
    for column in selected:
        if isinstance(column, SimpleFunc) and column.func == "SUM":
            group, project = stages[0]["$group"], stages[1]["$project"]
            one = f"{column.alias}__one"  # any value that is summed, or null
            group[one] = {"$max": f"${column.iden.field}"}
            empty = {"$eq": [f"${one}", None]}
            project[column.alias] = {"$cond": [empty, None, f"${column.alias}"]}
    return stages


class InsertQuery(query.InsertQuery):
    def execute(self) -> None:
        """Insert; keys that were given are counted too, or a later one would be one of them."""
        super().execute()
        if "id" in self._cols:
            position = self._cols.index("id")
            keys = [row[position] for row in self._values if isinstance(row[position], int)]
            counter = {"name": self.left_table, "auto.field_names": "id"}
            if keys:
                self.db["__schema__"].update_one(counter, {"$max": {"auto.seq": max(keys)}})

    def count(self) -> int:
        """How many rows it inserts, which Djongo does not tell."""
        return len(self._values)


class UpdateQuery(query.UpdateQuery):
    def execute(self) -> None:
        """Without WHERE, all rows; with something to compute, a pipeline.

        In a pipeline every other value is to be said to be literal.
        """
        self.kwargs.setdefault("filter", {})
        columns = self.kwargs["update"]["$set"]
        if any(isinstance(value, Computed) for value in columns.values()):
            values = {
                name: value.value if isinstance(value, Computed) else {"$literal": value}
                for name, value in columns.items()
            }
            self.kwargs["update"] = [{"$set": values}]
        super().execute()


# Djongo finds its parts by their names in these modules.
converters.WhereOp = WhereOp
query.AggColumnSelectConverter, query.GroupbyConverter = AggColumnSelectConverter, GroupbyConverter
query.SelectQuery = selects.SelectQuery
query.InsertQuery, query.UpdateQuery = InsertQuery, UpdateQuery
# It prints to the terminal what it passes over in a migration.
query.print_warn = lambda feature=None, message=None: logger.debug("ignored: %s", feature)
# The same statements come again and again, and reading one takes longer than executing it.
query.sqlparse = lru_cache(maxsize=512)(query.sqlparse)


Query = selects.Query  # made of these parts from now on
