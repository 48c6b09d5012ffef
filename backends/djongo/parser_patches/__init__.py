"""Corrections of Djongo's SQL parser.

Djongo looks its parts up by their names in its own modules, so importing this package puts ours
there: every statement is then read by them. Query is what the cursor gives a statement to.
"""

from __future__ import annotations

from functools import lru_cache
from logging import getLogger

from djongo.sql2mongo import converters, query, sql_tokens

from backends.djongo.parser_patches import columns, groups, select_query, statements, where, writes

Query = statements.Query
logger = getLogger(__name__)

sql_tokens.SQLIdentifier.field = property(columns.field_of)
converters.WhereOp = where.WhereOp
query.AggColumnSelectConverter = groups.AggColumnSelectConverter
query.GroupbyConverter = groups.GroupbyConverter
query.SelectQuery = select_query.SelectQuery
query.InsertQuery, query.UpdateQuery = writes.InsertQuery, writes.UpdateQuery
# Djongo prints the parts of a migration that it ignores.
query.print_warn = lambda feature=None, message=None: logger.debug("ignored: %s", feature)
# Statements are repeated often, and parsing one takes longer than executing it.
query.sqlparse = lru_cache(maxsize=512)(query.sqlparse)
