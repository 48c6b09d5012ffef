"""The compiler of SELECT, which names each expression that Djongo cannot parse.

Djongo reads no more than columns and aggregates of them, so the name is all there is in the SQL.
Its value is a column that the server adds to each row: a stage of the aggregation pipeline, which
goes with the SQL to backends/djongo/parser_patches/select_query.py.
https://www.mongodb.com/docs/manual/reference/operator/aggregation/addFields/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import NotSupportedError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, Func, OrderBy, Subquery, Value
from django.db.models.expressions import (
    BaseExpression,
    CombinedExpression,
    Expression,
    ExpressionList,
    NegatedExpression,
    Ref,
)
from django.db.models.lookups import IsNull, Lookup
from django.db.models.sql import Query, compiler
from django.db.models.sql.where import WhereNode

from backends.djongo.translation.expressions import Mql, Stage, to_mql

COLUMN = "__computed"  # the prefix of their names
COMPUTED = (Case, CombinedExpression, Func, NegatedExpression, Subquery)
CONDITIONS = (Lookup, WhereNode)
READABLE = (ExpressionList, Query, Value)  # by Djongo, after IN and as a parameter
SELECTED = (Value, *CONDITIONS)
Sql = tuple[str, tuple[str | int, ...]]  # with its parameters
Selected = tuple[Expression, Sql, str | None]


class Statement(str):
    """The SQL of a SELECT, with the stages that add its computed columns after the joins."""

    stages: Sequence[Stage]


class ComputingCompiler(compiler.SQLCompiler):
    """Django's compiler, with computed columns.

    Raises NotSupportedError for what MongoDB cannot compute as SQL does.
    """

    def __init__(
        self,
        query: Query,
        connection: BaseDatabaseWrapper,
        using: str | None,
        elide_empty: bool = True,
    ) -> None:
        super().__init__(query, connection, using, elide_empty)
        self.stages: list[Stage] = []
        self.outer: ComputingCompiler | None = None  # of the outer query, in $lookup
        self.variables: dict[str, Mql] = {}  # the columns of the outer row that are used here
        self._names: dict[str, str] = {}

    def as_sql(self, *arguments: Any, **options: Any) -> Any:
        """Return a Statement and its parameters."""
        sql, params = super().as_sql(*arguments, **options)
        if self.stages and self.query.subquery and self.outer is None:
            raise NotSupportedError("Djongo reads nothing that is computed in a list after IN.")
        statement = Statement(sql)
        statement.stages = self.stages
        return statement, params

    def get_select(
        self, with_col_aliases: bool = False
    ) -> tuple[list[Selected], dict[str, object] | None, dict[str, int]]:
        """Compile an expression; values are computed only where they are selected."""
        select, related, annotations = super().get_select(with_col_aliases)
        columns = [
            (each, (self.column(each), ()) if isinstance(each, SELECTED) else sql, name)
            for each, sql, name in select
        ]
        return columns, related, annotations

    def compile(self, node: BaseExpression) -> Sql:
        """Return SQL that Djongo can parse for this part of a query; it may be a column's name."""
        if isinstance(node, OrderBy):
            return self._order(node)
        if isinstance(node, Ref):
            return self._selected_before(node)
        if _is_computed(node) and not node.contains_aggregate:
            column = self.column(node)
            return (f"{column} = %s", (True,)) if isinstance(node, CONDITIONS) else (column, ())
        return super().compile(node)

    def column(self, expression: object) -> str:
        """Return the name of the expression's column; equal expressions have one column."""
        value = to_mql(expression, self)
        name = self._stage(value, lambda name: {"$addFields": {name: value}})
        return f'{self.quote_name_unless_alias(self.base())}."{name}"'

    def base(self) -> str:
        """Return the alias of the table after FROM; an exclusion may not use its first alias."""
        used = (alias for alias in self.query.alias_map if self.query.alias_refcount[alias])
        return next(used, None) or self.query.get_initial_alias()

    def rows(self, lookup: Stage, key: object) -> str:
        """Return the name of the column with the rows that a $lookup finds."""
        return self._stage(key, lambda name: {"$lookup": {**lookup, "as": name}})

    def _stage(self, key: object, stage: Callable[[str], Stage]) -> str:
        text = repr(key)
        if text not in self._names:
            self._names[text] = f"{COLUMN}{len(self._names) + 1}"
            self.stages.append(stage(self._names[text]))
        return self._names[text]

    def _selected_before(self, node: Ref) -> Sql:
        """Return the column: Djongo mistakes a position, or an alias, for another column's name."""
        [selected] = node.get_source_expressions()
        if selected.contains_aggregate:
            return Ref.as_sql(node, self, self.connection)  # the name, of a PositionRef too
        is_value = isinstance(selected, SELECTED)
        return (self.column(selected), ()) if is_value else self.compile(selected)

    def _order(self, node: OrderBy) -> Sql:
        """Order by IS NULL first, if MongoDB sorts NULL to the other end."""
        plain = node.copy()
        plain.nulls_first = plain.nulls_last = False
        sql, params = super().compile(plain)
        if not (node.nulls_first if node.descending else node.nulls_last):
            return sql, params
        missing = self.column(IsNull(node.expression, True))
        return f"{missing} {'DESC' if node.descending else 'ASC'}, {sql}", params


def _is_computed(node: object) -> bool:
    """Return whether Djongo cannot parse this, or would not treat NOT NULL as NULL."""
    if isinstance(node, WhereNode):
        return node.negated and _has_computed(node)
    if isinstance(node, Lookup):
        return hasattr(node.rhs, "resolve_expression") and not isinstance(node.rhs, READABLE)
    return isinstance(node, COMPUTED) and not isinstance(node, READABLE)


def _has_computed(condition: object) -> bool:
    if isinstance(condition, WhereNode):
        return any(map(_has_computed, condition.children))
    inside = condition.lhs if isinstance(condition, Lookup) else None
    return _is_computed(condition) or _is_computed(inside)
