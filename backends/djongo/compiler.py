"""Compiles Django's queries to SQL that Djongo can parse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import NotSupportedError
from django.db.models import Aggregate, Count, Q
from django.db.models.expressions import BaseExpression, Star
from django.db.models.fields import Field
from django.db.models.sql import Query, compiler
from django.db.models.sql.constants import MULTI
from django.db.models.sql.datastructures import Join

from backends.djongo.driver.errors import driver_errors
from backends.djongo.translation.computed_columns import ComputingCompiler, Sql
from backends.djongo.translation.expressions import ComputedValue, to_mql

if TYPE_CHECKING:
    from backends.djongo.base import DatabaseWrapper


class SQLCompiler(ComputingCompiler):
    connection: DatabaseWrapper

    def compile(self, node: BaseExpression) -> Sql:
        """Raise NotSupportedError for COUNT(DISTINCT …), which Djongo treats as COUNT(…).

        So does it for a join with two conditions, of which Djongo would forget the second.
        """
        if isinstance(node, Aggregate) and node.distinct:  # type: ignore[attr-defined]
            raise NotSupportedError("Djongo aggregates all rows, not distinct ones.")
        part = super().compile(node)
        if isinstance(node, Join) and " AND " in part[0]:
            raise NotSupportedError("Djongo joins by one column, without further conditions.")
        return part

    def execute_sql(self, *arguments: Any, **options: Any) -> Any:
        """Execute full_clean()'s SELECT without FROM, which tests a CHECK; Djongo cannot parse it.

        https://github.com/doableware/djongo/issues/275
        """
        if self.query.model is not None:
            return super().execute_sql(*arguments, **options)
        condition = to_mql(self.query.where, self)
        only_if = {"$match": {"$expr": {"$ne": [condition, False]}}}  # NULL violates no CHECK
        with self.connection.wrap_database_errors, driver_errors():
            found = self.connection.database.aggregate([{"$documents": [{"_check": 1}]}, only_if])
            return next(((1,) for _ in found), None)


class WritingCompiler(SQLCompiler):
    """Compiles writes, which have no stages, so their conditions cannot be computed."""

    def column(self, expression: object) -> str:
        raise NotSupportedError(f"Djongo cannot compute {expression!r} where it writes.")


class SQLInsertCompiler(compiler.SQLInsertCompiler, WritingCompiler):
    pass


class SQLDeleteCompiler(compiler.SQLDeleteCompiler, WritingCompiler):
    def as_sql(self, *arguments: Any, **options: Any) -> Sql:
        """Query the keys of conditions on other tables first: Djongo parses no subquery here."""
        if self.single_alias:
            return super().as_sql()
        only_these = Query(self.query.model)
        only_these.add_q(Q(pk__in=self._keys()))
        return self._as_sql(only_these)  # type: ignore[attr-defined]  # missing in the stubs

    def _keys(self) -> list[object]:
        rows = self.query.chain(klass=Query)
        rows.clear_select_clause()
        key = self.query.get_meta().pk.get_col(self.query.get_initial_alias())
        rows.select = (key,)
        found: Iterable[list[tuple[object]]] = rows.get_compiler(self.using).execute_sql(MULTI)
        return [key for chunk in found for (key,) in chunk]


class SQLUpdateCompiler(compiler.SQLUpdateCompiler, WritingCompiler):
    def as_sql(self, *arguments: Any, **options: Any) -> Sql:
        """Let the server compute F() and CASE; Djongo accepts only values.

        https://github.com/doableware/djongo/issues/184
        """
        query: Any = self.query
        query.values = [
            (field, model, self._computed(field, value)) for field, model, value in query.values
        ]
        return super().as_sql()

    def _computed(self, field: Field, value: object) -> object:
        if not hasattr(value, "resolve_expression") or isinstance(value, ComputedValue):
            return value
        resolved = value.resolve_expression(self.query, allow_joins=False, for_save=True)
        return ComputedValue(to_mql(resolved, self), output_field=field)


class SQLAggregateCompiler(compiler.SQLAggregateCompiler, SQLCompiler):
    def execute_sql(self, *arguments: Any, **options: Any) -> Any:
        """Count the rows of a slice, or distinct rows; Djongo cannot select from a SELECT."""
        wanted = [*self.query.annotation_select.values()]
        if not all(
            isinstance(each, Count) and each.source_expressions == [Star()] for each in wanted
        ):
            raise NotSupportedError("Of a slice Djongo can count the rows, and nothing else.")
        self.query.inner_query.subquery = False  # it is executed by itself
        found = self.query.inner_query.get_compiler(self.using).execute_sql(MULTI)
        return [sum(map(len, found))] * len(wanted)
