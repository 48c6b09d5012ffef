"""Parses a statement for the cursor."""

from __future__ import annotations

import re
from collections.abc import Sequence

from djongo.base import DjongoClient
from djongo.sql2mongo import query
from pymongo import MongoClient

from backends.djongo.driver.connection import Connection, Document
from backends.djongo.translation.computed_columns import Statement

UNNAMED_AGGREGATE = re.compile(r"(SELECT \w+\([^()]*\)) FROM", re.IGNORECASE)


class Query(query.Query):
    """Adds an alias to a single aggregate such as COUNT(*), which Djongo cannot parse without."""

    def __init__(
        self,
        client: MongoClient[Document] | None,
        database: Connection,
        properties: DjongoClient,
        sql: str,
        params: Sequence[object] | None,
    ) -> None:
        named = UNNAMED_AGGREGATE.sub(r'\1 AS "value" FROM', sql)
        super().__init__(client, database, properties, named, params)
        if isinstance(sql, Statement):
            self._query.stages = sql.stages
