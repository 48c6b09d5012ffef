"""A database of MongoDB as Django expects a connection to be: it can commit and roll back."""

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

Document = dict[str, Any]
Result = TypeVar("Result")
SCHEMA = (
    "__schema__"  # Djongo's own collection: the columns of each table, and the last of its keys
)
TRANSACTIONAL = {"aggregate", "delete_many", "find", "insert_many", "update_many"}


@lru_cache
def client(**options: Any) -> MongoClient[Document]:
    """One client for all threads, as pymongo wants it: it keeps a pool of connections.

    Djongo has one per name of a database, also where two servers have one of the same name, and
    closes it with any connection: https://github.com/doableware/djongo/issues/705
    """
    new: MongoClient[Document] = MongoClient(**options)
    atexit.register(new.close)
    return new


class Connection:
    """The database of a client; without autocommit its operations belong to a transaction.

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
        """The one of the transaction, which begins with its first operation; None in autocommit.

        It reads a snapshot; what it commits outlives the loss of a server.
        """
        if self._session is None and not self.autocommit:
            self.aborted = False
            self._session = self._database.client.start_session()
            self._session.start_transaction(ReadConcern("snapshot"), WriteConcern("majority"))
        return self._session

    def command(self, *arguments: Any, **options: Any) -> Any:
        """Run a command of the database outside of the transaction."""
        with driver_errors():
            return self._database.command(*arguments, **options)

    def commit(self) -> None:
        """Commit what was begun; it is over also where that fails."""
        session, self._session, self.aborted = self._session, None, False
        if session:
            with driver_errors(), session:
                session.commit_transaction()

    def rollback(self) -> None:
        """Undo what was begun."""
        session, self._session, self.aborted = self._session, None, False
        if session:
            session.end_session()  # aborts what was not committed

    close = rollback  # the client stays, for the others


class Collection:
    """A collection whose operations take part in the transaction of the connection.

    Not so the counters of keys: like the sequences of other databases they go on after a rollback,
    and two that insert at once do not wait for, or refuse, each other.
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
