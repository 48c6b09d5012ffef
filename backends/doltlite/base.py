"""Django's SQLite engine on DoltLite, with exact decimals and case-insensitive Unicode searches."""

from __future__ import annotations

import math
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.backends import utils
from django.db.backends.sqlite3 import base, creation, features, operations
from django.utils.functional import cached_property

from backends.doltlite.client import DatabaseClient
from backends.doltlite.errors import broken_constraint, error_kind

REFUSALS = {
    "prolly": "",  # Dolt's storage
    "orig": "This is a file of SQLite's. DoltLite has no versions in it: name another file.",
    "SQLite": (
        "SQLite would open it. DoltLite must be loaded before Python's sqlite3 is: "
        "`.venv/bin/python -m runner manage doltlite` does that for any command of manage.py."
    ),
}
CHECK_EVERY = 10_000  # instructions of SQLite's virtual machine, about a millisecond
CASELESS = {"iexact", "icontains", "istartswith", "iendswith"}


def compare(one: str, other: str) -> int:
    """Compare two texts as numbers: the collation `amount`."""
    difference = Decimal(one) - Decimal(other)
    return (difference > 0) - (difference < 0)


def upper(text: Any) -> str | None:
    """SQL's UPPER() for Unicode; SQLite's own UPPER() and LIKE convert only ASCII letters."""
    return None if text is None else str(text).upper()


class DatabaseCreation(creation.DatabaseCreation):
    def _get_test_db_name(self) -> str:
        """Return the path of a file: in memory a second writer would be refused without waiting."""
        settings = self.connection.settings_dict
        return settings["TEST"]["NAME"] or f"{settings['NAME']}.test"


class DatabaseFeatures(features.DatabaseFeatures):
    test_db_allows_multiple_connections = True  # a file, see above

    @cached_property
    def max_query_params(self) -> int:  # type: ignore[override]
        """Return the limit of this library; Django's 999 would split a large order's insert."""
        self.connection.ensure_connection()
        driver: sqlite3.Connection = self.connection.connection
        return driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)


class DatabaseOperations(operations.DatabaseOperations):
    # CAST takes a type, not a collation.
    cast_data_types = operations.DatabaseOperations.cast_data_types | {"DecimalField": "decimal"}

    def adapt_decimalfield_value(
        self,
        value: Decimal | None,
        max_digits: int | None = None,
        decimal_places: int | None = None,
    ) -> str | None:
        """Return the number as a text with all of its decimal places."""
        return utils.format_number(value, max_digits, decimal_places)

    def get_decimalfield_converter(self, expression: Any) -> Callable[..., Any]:
        """Return a converter: of a column's text exactly, of a computed number as Django does."""
        computed = super().get_decimalfield_converter(expression)

        def converter(value: Any, expression: Any, connection: Any) -> Any:
            if isinstance(value, str):
                return Decimal(value)
            return computed(value, expression, connection)

        return converter

    def lookup_cast(self, lookup_type: str, internal_type: str | None = None) -> str:
        """Make a case-insensitive search compare capitals, as Django does on PostgreSQL."""
        return "UPPER(%s)" if lookup_type in CASELESS else "%s"


class DatabaseWrapper(base.DatabaseWrapper):
    display_name = "DoltLite"
    error_kind = staticmethod(error_kind)
    broken_constraint = staticmethod(broken_constraint)
    # SQLite converts a decimal to a REAL with 15 digits: https://www.sqlite.org/floatingpoint.html
    # A text keeps every digit, and with its collation <, ORDER BY and CHECK compare numbers.
    data_types = base.DatabaseWrapper.data_types | {"DecimalField": "text COLLATE amount"}
    operators = base.DatabaseWrapper.operators | dict.fromkeys(
        CASELESS, "LIKE UPPER(%s) ESCAPE '\\'"
    )
    client_class = DatabaseClient  # type: ignore[assignment]
    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    transaction_mode: str | None
    _deadline = math.inf  # of time.monotonic()

    @contextmanager
    def time_limit(self, seconds: float) -> Iterator[None]:
        """End a running statement (SQLITE_INTERRUPT) when the block has taken this many seconds.

        It does not end waiting for another writer; OPTIONS["timeout"] bounds that.
        """
        outer, self._deadline = self._deadline, min(self._deadline, time.monotonic() + seconds)
        try:
            yield
        finally:
            self._deadline = outer

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Begin a transaction that only reads one snapshot, while others may write.

        https://www.sqlite.org/isolation.html
        """
        self.ensure_connection()  # which sets the mode
        mode, self.transaction_mode = self.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic(using=self.alias, durable=True):
                yield
        finally:
            self.transaction_mode = mode

    def isolation(self) -> str:
        """Return how transactions are isolated: https://www.sqlite.org/isolation.html"""
        return "serializable: one writer at a time"

    def server_version(self) -> str:
        """Return the library's name and version, e.g. "DoltLite 0.51.3 (SQLite 3.54.0)"."""
        with self.cursor() as cursor:
            cursor.execute("SELECT dolt_version(), sqlite_version()")
            version, sqlite = cursor.fetchone()
            return f"DoltLite {version.removeprefix('v')} (SQLite {sqlite})"

    @property
    def transaction_aborted(self) -> bool:
        """Whether SQLite has rolled back by itself: only later statements would be committed.

        https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
        """
        return self.connection is not None and not self.connection.in_transaction

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Raise ImproperlyConfigured if the library is SQLite, or the file is one of SQLite's.

        A new file can be read and written by its owner only; SQLite would let everybody read it.
        """
        if os.path.isabs(conn_params["database"]):
            with suppress(OSError):  # SQLite reports it
                os.close(os.open(conn_params["database"], os.O_CREAT | os.O_RDONLY, 0o600))
        connection = super().get_new_connection(conn_params)
        if refusal := REFUSALS[_storage(connection)]:
            connection.close()
            raise ImproperlyConfigured(f"{conn_params['database']}: {refusal}")
        connection.set_progress_handler(lambda: time.monotonic() > self._deadline, CHECK_EVERY)
        connection.create_collation("amount", compare)
        connection.create_function("UPPER", 1, upper, deterministic=True)
        # So that `contains` is case-sensitive; `icontains` compares capitals, see CASELESS:
        # https://www.sqlite.org/pragma.html#pragma_case_sensitive_like
        connection.execute("PRAGMA case_sensitive_like = ON")
        return connection


def _storage(connection: Any) -> str:
    try:
        return str(connection.execute("SELECT doltlite_engine()").fetchone()[0])
    except sqlite3.OperationalError:  # no such function
        return "SQLite"
