"""What is computed of a row becomes a column, which the server adds before Djongo looks at it.

Djongo reads no more than columns and aggregates of them; for it there is only a name. What the name
stands for goes with the SQL, as stages: https://www.mongodb.com/docs/manual/reference/mql/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import NotSupportedError
from django.db.models import Case, Func, OrderBy, Subquery, Value
from django.db.models.expressions import CombinedExpression, ExpressionList, NegatedExpression, Ref
from django.db.models.lookups import IsNull, Lookup
from django.db.models.sql import Query, compiler
from django.db.models.sql.where import WhereNode

from backends.djongo import functions, subqueries, truth  # noqa: F401 - they add to computed()
from backends.djongo.expressions import computed

COLUMN = "__computed"  # begins the name of each
COMPUTED = (Case, CombinedExpression, Func, NegatedExpression, Subquery)
CONDITIONS = (Lookup, WhereNode)
READ = (ExpressionList, Query, Value)  # by Djongo, after IN and as a parameter
SELECTED = (Value, *CONDITIONS)
Part = tuple[str, Any]


class Statement(str):
    """A SELECT with what the server does before, beside the joins."""

    stages: list[Any]


class ComputingCompiler(compiler.SQLCompiler):
    """Django's, with columns for what is computed.

    Raises NotSupportedError for what MongoDB cannot compute as SQL does.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.stages: list[Any] = []
        self.outer: Any = None  # the compiler of the query around this one, in a $lookup
        self.variables: dict[str, Any] = {}  # what this one wants of its row
        self._names: dict[str, str] = {}

    def as_sql(self, *arguments: Any, **options: Any) -> Any:
        sql, params = super().as_sql(*arguments, **options)
        if self.stages and self.query.subquery and self.outer is None:
            raise NotSupportedError("Djongo reads nothing that is computed in a list after IN.")
        statement = Statement(sql)
        statement.stages = self.stages
        return statement, params

    def get_select(self, with_col_aliases: bool = False) -> Any:
        """A value and a condition are computed where they are selected, and only there."""
        select, *rest = super().get_select(with_col_aliases)
        columns = [
            (what, (self.column(what), ()) if isinstance(what, SELECTED) else sql, name)
            for what, sql, name in select
        ]
        return columns, *rest

    def compile(self, node: Any) -> Part:
        """What Djongo can read of this part of a query, which may be the name of a column."""
        if isinstance(node, OrderBy):
            return self._order(node)
        if isinstance(node, Ref):
            return self._again(node)
        if not getattr(node, "contains_aggregate", False) and _is_computed(node):
            column = self.column(node)
            return (f"{column} = %s", (True,)) if isinstance(node, CONDITIONS) else (column, ())
        part: Part = super().compile(node)
        return part

    def column(self, expression: Any) -> str:
        """The name of what is computed, the same for the same."""
        value = computed(expression, self)
        name = self._stage(value, lambda name: {"$addFields": {name: value}})
        return f'{self.quote_name_unless_alias(self.base())}."{name}"'

    def base(self) -> Any:
        """The alias of the table after FROM; in an exclusion, the first one may not be used."""
        used = (alias for alias in self.query.alias_map if self.query.alias_refcount[alias])
        return next(used, None) or self.query.get_initial_alias()

    def rows(self, lookup: dict[str, Any], key: Any) -> str:
        """The name of the rows that a $lookup finds."""
        return self._stage(key, lambda name: {"$lookup": {**lookup, "as": name}})

    def _stage(self, what: Any, stage: Callable[[str], Any]) -> str:
        key = repr(what)
        if key not in self._names:
            self._names[key] = f"{COLUMN}{len(self._names) + 1}"
            self.stages.append(stage(self._names[key]))
        return self._names[key]

    def _again(self, node: Any) -> Part:
        """What is selected: Djongo takes a position, or a column's alias, for a column's name."""
        if node.source.contains_aggregate:
            return self.quote_name_unless_alias(node.refs), ()
        is_value = isinstance(node.source, SELECTED)
        return (self.column(node.source), ()) if is_value else self.compile(node.source)

    def _order(self, node: OrderBy) -> Part:
        """First by whether there is a value, where MongoDB has NULL at the other end."""
        plain: Any = node.copy()
        plain.nulls_first = plain.nulls_last = None
        sql, params = super().compile(plain)
        if not (node.nulls_first if node.descending else node.nulls_last):
            return sql, params
        missing = self.column(IsNull(node.expression, True))
        return f"{missing} {'DESC' if node.descending else 'ASC'}, {sql}", params


def _is_computed(node: Any) -> bool:
    """Whether Djongo cannot read this, or would not know what NOT makes of NULL."""
    if isinstance(node, WhereNode):
        return node.negated and _has_computed(node)
    if isinstance(node, Lookup):
        return hasattr(node.rhs, "resolve_expression") and not isinstance(node.rhs, READ)
    return isinstance(node, COMPUTED) and not isinstance(node, READ)


def _has_computed(condition: Any) -> bool:
    if isinstance(condition, WhereNode):
        return any(map(_has_computed, condition.children))
    return _is_computed(condition) or _is_computed(getattr(condition, "lhs", None))
