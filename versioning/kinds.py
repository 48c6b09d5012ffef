"""The kinds of objects that the bank's API has, and the tables that each is read from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from bank.api import customers, orders, products
from bank.api.schemas import CUSTOMER, PRODUCT
from bank.models import Customer, Key, Order, OrderLine, Product
from bank.queries import Columns, Document
from versioning.errors import UnknownRevision


class Kind(NamedTuple):
    """A model, the columns of its document, how the document is read, and of which models."""

    model: type[Any]
    columns: Columns | None  # None: the document has rows of several tables
    read: Callable[[Key], Document | None]
    reads: list[type[Any]]

    @property
    def tables(self) -> list[str]:
        """The names of the tables that are read."""
        return [model._meta.db_table for model in self.reads]

    @contextmanager
    def at_commit(self, commit: str) -> Iterator[None]:
        """Read these tables as they were at this commit, in a transaction that only reads.

        Raises UnknownRevision if they did not have today's columns then.
        """
        connection: Any = connections[DEFAULT_DB_ALIAS]
        with connection.at_commit(commit, self.tables):
            self._check_columns(connection)
            yield

    def _check_columns(self, connection: Any) -> None:
        with connection.cursor() as cursor:
            for model in self.reads:
                try:
                    cursor.execute(f"{model.objects.all().query} LIMIT 1")
                except DatabaseError as error:
                    raise UnknownRevision("(its tables had other columns)") from error


# By the first word of a path.
KINDS = {
    "customer": Kind(Customer, CUSTOMER, customers.read, [Customer]),
    "product": Kind(Product, PRODUCT, products.read, [Product]),
    "order": Kind(Order, None, orders.read, [Order, OrderLine, Customer, Product]),
}
