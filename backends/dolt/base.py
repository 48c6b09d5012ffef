"""Django's MySQL engine, adapted to what Dolt does differently from MySQL."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any

import MySQLdb
from django.db.backends.mysql import base
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property

from backends.dolt.client import DatabaseClient
from backends.dolt.collation import COLLATION
from backends.dolt.errors import broken_constraint
from backends.dolt.features import DatabaseFeatures
from backends.dolt.operations import DatabaseOperations
from backends.dolt.schema import DatabaseSchemaEditor, add_row_tokens
from backends.mysql.base import Session
from backends.mysql.collation import DatabaseCreation, DatabaseValidation

UNKNOWN = 1105  # the number of every error for which Dolt has no number of MySQL's
# Unlike on MySQL, the column's collation overrides BINARY, but not an explicit COLLATE:
# https://github.com/dolthub/go-mysql-server/blob/main/sql/expression/binary.go
EXACTLY = "COLLATE utf8mb4_0900_bin"
BROKEN_RULE = re.compile(r"constraint violations|^Check constraint .* violated")


class ErrorWrapper(DatabaseErrorWrapper):
    """Raises IntegrityError for a violated constraint, also if that is found only at COMMIT.

    Dolt sends these as 1105, which is OperationalError: https://github.com/dolthub/dolt/issues/3018
    """

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, MySQLdb.OperationalError) and _breaks_a_rule(*error.args):
            kind = MySQLdb.IntegrityError
        super().__exit__(kind, error, traceback)


def _breaks_a_rule(number: Any = None, message: Any = "", *rest: Any) -> bool:
    return number == UNKNOWN and bool(BROKEN_RULE.search(str(message)))


class DatabaseWrapper(Session, base.DatabaseWrapper):
    display_name = "Dolt"
    collation = COLLATION
    broken_constraint = staticmethod(broken_constraint)
    operators = base.DatabaseWrapper.operators | {
        "contains": f"LIKE %s {EXACTLY}",
        "startswith": f"LIKE %s {EXACTLY}",
        "endswith": f"LIKE %s {EXACTLY}",
    }
    pattern_ops = base.DatabaseWrapper.pattern_ops | {
        "contains": f"LIKE CONCAT('%%', {{}}, '%%') {EXACTLY}",
        "startswith": f"LIKE CONCAT({{}}, '%%') {EXACTLY}",
        "endswith": f"LIKE CONCAT('%%', {{}}) {EXACTLY}",
    }
    client_class = DatabaseClient
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor
    creation_class = DatabaseCreation
    validation_class = DatabaseValidation

    @cached_property
    def wrap_database_errors(self) -> ErrorWrapper:
        """Return the context manager of every driver call, COMMIT included."""
        return ErrorWrapper(self)

    def isolation(self) -> str:
        """Return the isolation level of this session's transactions, and what Dolt adds to it."""
        with self.cursor() as cursor:
            cursor.execute("SELECT @@transaction_isolation")
            return f"{cursor.fetchone()[0]}, merged row by row at COMMIT"

    def server_version(self) -> str:
        """Return product and version, e.g. "Dolt 1.83.2"; VERSION() would return MySQL's."""
        with self.cursor() as cursor:
            cursor.execute("SELECT dolt_version()")
            return f"Dolt {cursor.fetchone()[0]}"

    def create_database(self) -> None:
        """Create the database of this connection if there is none; needs the owner's privileges."""
        name = self.settings_dict["NAME"]
        with self._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", [name]
            )
            if not cursor.fetchone():
                cursor.execute(
                    f"CREATE DATABASE {self.ops.quote_name(name)} "
                    f"CHARACTER SET utf8mb4 COLLATE {self.collation}"
                )

    def prepare_database(self) -> None:
        """Called by `migrate`: adds row_token to tables that were created without it."""
        add_row_tokens(self)
