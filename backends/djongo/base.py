"""The engine: Django's connection to MongoDB through Djongo; a picture is in __init__.py."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import pymongo
from django.db.backends.base.base import BaseDatabaseWrapper
from djongo import base

from backends.djongo.creation import DatabaseCreation
from backends.djongo.driver.connection import Connection, client
from backends.djongo.driver.cursor import Cursor
from backends.djongo.features import DatabaseFeatures
from backends.djongo.introspection import DatabaseIntrospection
from backends.djongo.operations import DatabaseOperations
from backends.djongo.schema import DatabaseSchemaEditor
from backends.mongodb.client import DatabaseClient
from backends.mongodb.error_codes import broken_constraint, error_kind
from backends.mongodb.version import server_version

base.Database.Binary = bytes  # Djongo's returns a memoryview as it is, and pymongo takes none
DJANGOS: Any = BaseDatabaseWrapper  # whose private methods are missing in its types


class DatabaseWrapper(base.DatabaseWrapper):
    """Djongo with MongoDB's transactions, Django's errors and one client for all threads."""

    display_name = "MongoDB"
    # Missing in Djongo: columns of these types were left out of the tables.
    data_types = base.DatabaseWrapper.data_types | {
        "JSONField": "string",
        "PositiveBigIntegerField": "long",
        "SmallAutoField": "int",
    }
    data_types_suffix = base.DatabaseWrapper.data_types_suffix | {"SmallAutoField": "AUTOINCREMENT"}

    server_version = server_version
    error_kind = staticmethod(error_kind)
    broken_constraint = staticmethod(broken_constraint)
    compiles_writes = False  # the generated keys are not rows that the statement returns
    client_class = DatabaseClient
    SchemaEditorClass = DatabaseSchemaEditor
    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations

    # Djongo's raise an error, do nothing, and close the client that other threads still use.
    # Django's own call the methods of the connection.
    _rollback, _commit, _close = DJANGOS._rollback, DJANGOS._commit, DJANGOS._close

    def isolation(self) -> str:
        """Return the isolation of transactions, which is MongoDB's."""
        return "snapshot"

    def time_limit(self, seconds: float) -> AbstractContextManager[None]:
        """End the operations of the block, in the driver and on the server, after `seconds`.

        https://www.mongodb.com/docs/languages/python/pymongo-driver/current/connect/connection-options/csot/
        """
        return pymongo.timeout(max(seconds, 1e-6))  # 0 would mean: no limit

    @property
    def transaction_aborted(self) -> bool:
        """Whether the server has returned an error, which always ends the transaction.

        https://www.mongodb.com/docs/manual/core/transactions/#errors
        """
        return self.connection is not None and self.connection.aborted

    @property
    def database(self) -> Connection:
        """The connection, for a command that is not SQL."""
        self.ensure_connection()
        connection: Connection = self.connection
        return connection

    def get_connection_params(self) -> dict[str, object]:
        """The settings' HOST (a URL) and OPTIONS, as pymongo's MongoClient takes them."""
        return {"host": self.settings_dict["HOST"], **self.settings_dict["OPTIONS"]}

    def get_new_connection(self, conn_params: dict[str, object]) -> Connection:
        # Without a name only databases are created and dropped, for tests.
        name = self.settings_dict["NAME"] or "admin"
        connection = Connection(client(**conn_params)[name])
        # What Djongo calls "enforce": a missing column is an error instead of None.
        self.djongo_connection = base.DjongoClient(connection, enforce_schema=True)
        return connection

    def create_cursor(self, name: str | None = None) -> Cursor:
        return Cursor(self.connection.client, self.connection, self.djongo_connection)

    def _set_autocommit(self, autocommit: bool) -> None:
        """Let the next operation begin a transaction, or commit; Djongo's method does nothing."""
        self.connection.commit()
        self.connection.autocommit = autocommit

    def is_usable(self) -> bool:
        """True: the driver itself replaces what was lost, connections and even the server."""
        return self.connection is not None
