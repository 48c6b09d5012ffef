"""django-mongodb-backend, with corrections where it does not behave as Django's own engines do.

https://www.mongodb.com/docs/languages/python/django-mongodb/current/
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import pymongo
from django.db.transaction import Atomic
from django.utils.functional import cached_property
from django_mongodb_backend import base, transaction
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from backends.mongodb import sessions
from backends.mongodb.client import DatabaseClient
from backends.mongodb.compiled import CompiledPipeline
from backends.mongodb.error_codes import broken_constraint, error_kind
from backends.mongodb.errors import DriverErrors
from backends.mongodb.operations import DatabaseOperations
from backends.mongodb.schema import DatabaseSchemaEditor
from backends.mongodb.statements import Statements
from backends.mongodb.version import server_version


class DatabaseWrapper(base.DatabaseWrapper):
    """Runs execute wrappers, raises Django's errors, and always ends a transaction's session."""

    server_version = server_version
    error_kind = staticmethod(error_kind)
    broken_constraint = staticmethod(broken_constraint)
    client_class = DatabaseClient
    SchemaEditorClass = DatabaseSchemaEditor
    ops_class = DatabaseOperations
    compiled_query = CompiledPipeline
    compiles_writes = False  # they are documents
    run_on_commit: list[Any]
    # Whether an error of the server, which always ends a transaction, has occurred in this one:
    # https://www.mongodb.com/docs/manual/core/transactions/#errors
    transaction_aborted = False

    def isolation(self) -> str:
        """Return the isolation of transactions.

        https://www.mongodb.com/docs/manual/core/transactions/#transactions-and-read-concern
        """
        return "snapshot"

    def time_limit(self, seconds: float) -> AbstractContextManager[None]:
        """End the driver's operations after this many seconds; it sends the limit to the server.

        https://www.mongodb.com/docs/languages/python/pymongo-driver/current/connect/connection-options/csot/
        """
        return pymongo.timeout(max(seconds, 1e-6))  # 0 would mean no limit

    def outermost_atomic(self) -> AbstractContextManager[None]:
        """Return the backend's own atomic(); Django's begins no transaction here:
        https://www.mongodb.com/docs/languages/python/django-mongodb/current/interact-data/transactions/
        """
        return transaction.atomic(using=self.alias)

    @cached_property
    def wrap_database_errors(self) -> DriverErrors:
        return DriverErrors(self)

    def get_collection(self, name: str, **options: Any) -> Statements:
        return Statements(self, super().get_collection(name, **options))

    def start_transaction_mongo(self) -> None:
        """Begin a transaction that reads one snapshot and commits to a majority of the servers."""
        self.ensure_connection()
        self.run_on_commit.clear()
        self.transaction_aborted = False
        self.session = self.connection.start_session()
        self.session.start_transaction(
            read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority")
        )
        # So that Django knows that a block is open, and refuses durable blocks inside it.
        self.atomic_blocks.append(Atomic(self.alias, savepoint=False, durable=True))

    def commit_mongo(self) -> None:
        """Commit, end the session, also if COMMIT fails, then run the on_commit hooks."""
        try:
            with self.wrap_database_errors:
                self.session.commit_transaction()
        finally:
            self._end_session()
        self.run_and_clear_commit_hooks()

    def rollback_mongo(self) -> None:
        """Abort the transaction."""
        self.run_on_commit.clear()
        if self.session:
            self._end_session()

    def rollback(self) -> None:
        """End a failed block of Django's atomic(); nothing is rolled back.

        Inside a transaction the block's writes and the on_commit hooks are kept.
        """
        hooks = self.run_on_commit
        super().rollback()
        if self.in_atomic_block_mongo:
            self.run_on_commit = hooks

    def _end_session(self) -> None:
        session, self.session = self.session, None
        del self.atomic_blocks[-1:]
        sessions.end(session)
