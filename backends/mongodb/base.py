"""django-mongodb-backend, made to behave as Django's own engines do where it does not.

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

from backends.mongodb.compiled import CompiledPipeline
from backends.mongodb.error_codes import broken_constraint, error_kind
from backends.mongodb.errors import DriverErrors
from backends.mongodb.operations import DatabaseOperations
from backends.mongodb.schema import DatabaseSchemaEditor
from backends.mongodb.statements import Statements
from backends.mongodb.version import server_version


class DatabaseWrapper(base.DatabaseWrapper):
    """Its statements can be wrapped, its errors are Django's, its transactions always end."""

    server_version = server_version
    error_kind = staticmethod(error_kind)
    broken_constraint = staticmethod(broken_constraint)
    SchemaEditorClass = DatabaseSchemaEditor
    ops_class = DatabaseOperations
    compiled_query = CompiledPipeline
    run_on_commit: list[Any]
    # Whether an error of the server has ended the running transaction, as any of its errors does:
    # https://www.mongodb.com/docs/manual/core/transactions/#errors
    transaction_aborted = False

    def time_limit(self, seconds: float) -> AbstractContextManager[None]:
        """End whatever the driver does when the block has taken so long; it tells the server too.

        https://www.mongodb.com/docs/languages/python/pymongo-driver/current/connect/connection-options/csot/
        """
        return pymongo.timeout(max(seconds, 1e-6))  # 0 would mean: no limit

    def outermost_atomic(self) -> AbstractContextManager[None]:
        """A transaction, as Django's atomic(durable=True) is one elsewhere.

        Here Django's begins none, and the backend has an atomic() of its own instead:
        https://www.mongodb.com/docs/languages/python/django-mongodb/current/interact-data/transactions/
        """
        return transaction.atomic(using=self.alias)

    @cached_property
    def wrap_database_errors(self) -> DriverErrors:
        return DriverErrors(self)

    def get_collection(self, name: str, **options: Any) -> Statements:
        return Statements(self, super().get_collection(name, **options))

    def start_transaction_mongo(self) -> None:
        """Everything it reads is of one moment; what it commits outlives the loss of a server."""
        self.ensure_connection()
        self.run_on_commit.clear()
        self.transaction_aborted = False
        self.session = self.connection.start_session()
        self.session.start_transaction(
            read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority")
        )
        # Now Django knows as well, and refuses to nest what must be the outermost block.
        self.atomic_blocks.append(Atomic(self.alias, savepoint=False, durable=True))

    def commit_mongo(self) -> None:
        """Commit, then run the hooks; the session is over also where COMMIT fails."""
        try:
            with self.wrap_database_errors:
                self.session.commit_transaction()
        finally:
            self._end_session()
        self.run_and_clear_commit_hooks()

    def rollback_mongo(self) -> None:
        """Abort what is not committed."""
        self.run_on_commit.clear()
        if self.session:
            self._end_session()

    def rollback(self) -> None:
        """The end of a failed block of Django's atomic(), which undoes nothing here.

        Where it was part of a transaction its writes stay, and so do the transaction's hooks.
        """
        hooks = self.run_on_commit
        super().rollback()
        if self.in_atomic_block_mongo:
            self.run_on_commit = hooks

    def _end_session(self) -> None:
        session, self.session = self.session, None
        del self.atomic_blocks[-1:]
        session.end_session()  # aborts what was not committed
