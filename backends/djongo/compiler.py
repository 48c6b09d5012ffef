"""Django's SQL in the words that Djongo reads."""

from __future__ import annotations

from typing import Any

from django.db import NotSupportedError
from django.db.models import Aggregate, Count
from django.db.models.expressions import Star
from django.db.models.functions import Extract
from django.db.models.sql import Query, compiler
from django.db.models.sql.constants import MULTI
from django.db.models.sql.datastructures import Join

from backends.djongo.computing import ComputingCompiler
from backends.djongo.errors import driver_errors
from backends.djongo.expressions import Computed, computed


class SQLCompiler(ComputingCompiler):
    def compile(self, node: Any) -> tuple[str, Any]:
        """Raises NotSupportedError for COUNT(DISTINCT …), which Djongo takes for COUNT(…).

        So does it for a join with two conditions, of which Djongo would forget the second.
        """
        if isinstance(node, Aggregate) and getattr(node, "distinct", False):
            raise NotSupportedError("Djongo aggregates all rows, not distinct ones.")
        part = super().compile(node)
        if isinstance(node, Join) and " AND " in part[0]:
            raise NotSupportedError("Djongo joins by one column, without further conditions.")
        return part

    def execute_sql(self, *arguments: Any, **options: Any) -> Any:
        """full_clean() asks whether a CHECK holds in a SELECT without FROM; Djongo reads none.

        https://github.com/doableware/djongo/issues/275
        """
        if self.query.model is not None:
            return super().execute_sql(*arguments, **options)
        connection: Any = self.connection
        condition = computed(self.query.where, self)
        only_if = {"$match": {"$expr": {"$ne": [condition, False]}}}  # NULL does not break a rule
        with connection.wrap_database_errors, driver_errors():
            found = connection.database.aggregate([{"$documents": [{"_check": 1}]}, only_if])
            return next(((1,) for _ in found), None)


class WritingCompiler(SQLCompiler):
    """What writes has no stages; it finds a date by its parts, as Djongo reads them."""

    def compile(self, node: Any) -> tuple[str, Any]:
        if isinstance(node, Extract):
            sql: tuple[str, Any] = compiler.SQLCompiler.compile(self, node)
            return sql
        return super().compile(node)

    def column(self, expression: Any) -> str:
        raise NotSupportedError(f"Djongo cannot compute {expression!r} where it writes.")


class SQLInsertCompiler(compiler.SQLInsertCompiler, WritingCompiler):
    pass


class SQLDeleteCompiler(compiler.SQLDeleteCompiler, WritingCompiler):
    def as_sql(self, *arguments: Any, **options: Any) -> Any:
        """Look up first the rows that other tables decide about: Djongo reads no subquery here."""
        if self.single_alias:
            return super().as_sql()
        query: Any = self.query
        key = query.get_meta().pk.get_col(query.get_initial_alias())
        rows = query.chain(klass=Query)
        rows.clear_select_clause()
        rows.select = (key,)
        found = rows.get_compiler(self.using).execute_sql(MULTI)
        this: Any = self
        only_these: Any = Query(query.model)
        only_these.add_filter("pk__in", [key for chunk in found for (key,) in chunk])
        return this._as_sql(only_these)


class SQLUpdateCompiler(compiler.SQLUpdateCompiler, WritingCompiler):
    def as_sql(self, *arguments: Any, **options: Any) -> Any:
        """F() and CASE are computed by the server; Djongo knows only values.

        They pass through Djongo as a parameter, see UpdateQuery in backends/djongo/queries.py:
        https://github.com/doableware/djongo/issues/184
        """
        query: Any = self.query
        query.values = [
            (field, model, self._computed(field, value)) for field, model, value in query.values
        ]
        return super().as_sql()

    def _computed(self, field: Any, value: Any) -> Any:
        if not hasattr(value, "resolve_expression") or isinstance(value, Computed):
            return value
        resolved = value.resolve_expression(self.query, allow_joins=False, for_save=True)
        return Computed(computed(resolved, self), output_field=field)


class SQLAggregateCompiler(compiler.SQLAggregateCompiler, SQLCompiler):
    def execute_sql(self, *arguments: Any, **options: Any) -> Any:
        """The number of rows of a slice or of distinct ones; Djongo cannot select from a SELECT."""
        wanted = [*self.query.annotation_select.values()]
        if not all(
            isinstance(each, Count) and each.source_expressions == [Star()] for each in wanted
        ):
            raise NotSupportedError("Of a slice Djongo can count the rows, and nothing else.")
        self.query.inner_query.subquery = False  # it is asked alone
        found = self.query.inner_query.get_compiler(self.using).execute_sql(MULTI)
        return [sum(map(len, found))] * len(wanted)
