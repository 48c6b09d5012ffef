"""A connection to a MongoDB database as Django expects it, with commit and rollback."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, TypeVar

from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.collection import Collection as MongoCollection
from pymongo.database import Database
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from backends.djongo.driver.errors import driver_errors
from backends.mongodb import sessions

Document = dict[str, Any]
Result = TypeVar("Result")
SCHEMA = "__schema__"  # Djongo's own collection: the columns of each table, and its last key
TRANSACTIONAL = {"aggregate", "delete_many", "find", "insert_many", "update_many"}


@lru_cache
def client(**options: Any) -> MongoClient[Document]:
    """Return the client, one for all threads, as pymongo recommends: it has a connection pool.

    Djongo has one per name of a database, also where two servers have one of the same name, and
    closes it with any connection: https://github.com/doableware/djongo/issues/705
    """
    new: MongoClient[Document] = MongoClient(**options)
    atexit.register(new.close)
    return new


class Connection:
    """A client's database; without autocommit its operations are in a transaction.

    Djongo has no transactions; what was done before an error stayed:
    https://github.com/doableware/djongo/issues/626
    """

    def __init__(self, database: Database[Document]) -> None:
        self.autocommit = True
        self.aborted = False
        self._database = database
        self._session: ClientSession | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def __getitem__(self, name: str) -> MongoCollection[Document] | Collection:
        collection = self._database[name]
        return collection if name == SCHEMA else Collection(self, collection)

    def session(self) -> ClientSession | None:
        """The transaction's session, begun with its first operation; None in autocommit.

        It reads a snapshot; what it commits outlives the loss of a server.
        """
        if self._session is None and not self.autocommit:
            self.aborted = False
            self._session = self._database.client.start_session()
            self._session.start_transaction(ReadConcern("snapshot"), WriteConcern("majority"))
        return self._session

    def command(self, *arguments: Any, **options: Any) -> Any:
        """Run a database command outside of the transaction."""
        with driver_errors():
            return self._database.command(*arguments, **options)

    def commit(self) -> None:
        """Commit the transaction; it has also ended if this fails."""
        session, self._session, self.aborted = self._session, None, False
        if session:
            try:
                with driver_errors():
                    session.commit_transaction()
            finally:
                sessions.end(session)

    def rollback(self) -> None:
        """Roll back the transaction."""
        session, self._session, self.aborted = self._session, None, False
        if session:
            sessions.end(session)

    close = rollback  # the client stays, for the others


class Collection:
    """A collection whose operations are in the connection's transaction.

    The counters of keys are not: like the sequences of other databases they are not rolled back,
    and two concurrent inserts neither wait for each other nor conflict.
    """

    def __init__(self, connection: Connection, collection: MongoCollection[Document]) -> None:
        self._connection = connection
        self._collection = collection

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._collection, name)
        if name in TRANSACTIONAL:
            return partial(self._run, attribute, session=self._connection.session())
        return attribute

    def _run(self, operation: Callable[..., Result], *args: object, **options: object) -> Result:
        try:
            return operation(*args, **options)
        except OperationFailure:
            self._connection.aborted = options["session"] is not None
            raise
