"""Django's MySQL engine, with time limits and MariaDB's collations and transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.mysql import base, client, operations

from backends.mariadb.collation import CASELESS, COLLATION
from backends.mariadb.errors import broken_constraint
from backends.mysql.base import Session
from backends.mysql.collation import DatabaseCreation, DatabaseValidation

IGNORE_CASE = ("iexact", "icontains", "istartswith", "iendswith")


def with_collation(patterns: dict[str, str]) -> dict[str, str]:
    """Django's patterns of lookups that ignore case, with a collation that does."""
    return {
        lookup: f"{patterns[lookup]} COLLATE {CASELESS}"
        for lookup in IGNORE_CASE
        if lookup in patterns
    }


class DatabaseClient(client.DatabaseClient):
    """`dbshell`: in MariaDB 11 and later the program is no longer called mysql."""

    executable_name = "mariadb"


class DatabaseOperations(operations.DatabaseOperations):
    def regex_lookup(self, lookup_type: str) -> str:
        """Django's operator, for `iregex` with a collation that ignores case."""
        sql: str = super().regex_lookup(lookup_type)
        return f"{sql} COLLATE {CASELESS}" if lookup_type == "iregex" else sql


class DatabaseWrapper(Session, base.DatabaseWrapper):
    broken_constraint = staticmethod(broken_constraint)
    collation = COLLATION
    operators = base.DatabaseWrapper.operators | with_collation(base.DatabaseWrapper.operators)
    pattern_ops = base.DatabaseWrapper.pattern_ops | with_collation(
        base.DatabaseWrapper.pattern_ops
    )
    client_class = DatabaseClient
    creation_class = DatabaseCreation
    validation_class = DatabaseValidation
    ops_class = DatabaseOperations

    def server_version(self) -> str:
        """Return the server's product and version, e.g. "MariaDB 10.11.19"."""
        with self.cursor() as cursor:
            cursor.execute("SELECT VERSION()")  # 10.11.19-MariaDB-0+deb12u1
            return f"MariaDB {cursor.fetchone()[0].partition('-')[0]}"

    def isolation(self) -> str:
        """Return the isolation level of this session's transactions, as the server names it."""
        with self.cursor() as cursor:
            cursor.execute("SELECT @@tx_isolation")  # from 11.1 on also @@transaction_isolation
            return str(cursor.fetchone()[0])

    @contextmanager
    def read_committed(self) -> Iterator[None]:
        """Begin an outermost transaction at READ COMMITTED."""
        with self.cursor() as cursor:  # of the next transaction
            cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        with transaction.atomic(using=self.alias, durable=True):
            yield

    @property
    def transaction_aborted(self) -> bool:
        """Whether the server has ended the transaction, and no other has begun since.

        It rolls all of it back at some errors, and commits it at a statement like CREATE TABLE:
        https://mariadb.com/docs/server/reference/sql-statements/transactions/sql-statements-that-cause-an-implicit-commit
        """
        if self.connection is None:
            return False
        with self.connection.cursor() as cursor:  # the driver's
            cursor.execute("SELECT @@in_transaction")
            return cursor.fetchone() == (0,)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Begin a transaction that reads one snapshot and takes no locks.

        A SERIALIZABLE transaction locks every row that it reads:
        https://mariadb.com/docs/server/reference/sql-statements/administrative-sql-statements/set-commands/set-transaction
        """
        if not self.in_atomic_block:  # inside of a TestCase's transaction it is too late
            with self.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")  # the next one's
        with transaction.atomic(using=self.alias, durable=True):
            yield
