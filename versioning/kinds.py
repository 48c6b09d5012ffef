"""The kinds of objects that the bank's API has, and the tables that each is read from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from bank.api import customers, orders, products
from bank.api.schemas import CUSTOMER, PRODUCT
from bank.models import Customer, Key, Order, OrderLine, Product
from bank.queries import Columns, Document


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


# By the first word of a path.
KINDS = {
    "customer": Kind(Customer, CUSTOMER, customers.read, [Customer]),
    "product": Kind(Product, PRODUCT, products.read, [Product]),
    "order": Kind(Order, None, orders.read, [Order, OrderLine, Customer, Product]),
}
