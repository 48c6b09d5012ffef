"""The rows of a demonstration: a product or two and a customer, which nobody needs afterwards.

Their name has the time. So those of a demonstration that was killed are found, and deleted by the
next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac

from bank.errors import TransactionError
from bank.models import Customer, Order, Product
from bank.pages.threads import in_thread
from bank.transactions import retry_transaction

NAME = "Part of a demonstration of "
OLD = timedelta(minutes=1)  # none lasts that long


class RowsLeft(TransactionError):
    """The database did not answer in time. Rows named "Part of a demonstration of …" may be left:
    the next demonstration that begins a minute later deletes them."""


@contextmanager
def name_of_rows() -> Iterator[str]:
    """Delete what killed demonstrations have left; yield a name for the rows of this one.

    They are deleted after the block, or RowsLeft is raised.
    """
    delete_old()
    name = new_name()
    try:
        yield name
    finally:
        try:
            in_thread(delete, name)
        except (DatabaseError, InterfaceError, TransactionError) as error:
            raise RowsLeft from error


def new_name() -> str:
    """Return the name of the rows of a demonstration that begins now."""
    return name_at(datetime.now(UTC))


def name_at(began: datetime) -> str:
    """Return the name of a demonstration's rows, which ends with a signature of the rest.

    So nobody else gives a row such a name, and only ours are deleted.
    """
    text = f"{NAME}{began.isoformat()}"
    signature = salted_hmac("bank.pages.props", text, algorithm="sha256").hexdigest()
    return f"{text} {signature[:16]}"


def is_old(name: str) -> bool:
    """Return whether a demonstration of ours with this name has ended by now."""
    try:
        began = datetime.fromisoformat(name.removeprefix(NAME).rpartition(" ")[0])
    except ValueError:
        return False
    ours = constant_time_compare(name, name_at(began))
    return ours and datetime.now(UTC) - began > OLD


@retry_transaction
def delete(name: str) -> None:
    """Delete the customers and products of this name.

    Orders of them are cancelled, those of clients too: their other products are in stock again.
    """
    rows = Product.objects.filter(name=name), Customer.objects.filter(name=name)
    products, customers = ([*each.values_list("pk", flat=True)] for each in rows)
    of_product = Order.objects.filter(lines__product__in=products).values_list("pk", flat=True)
    orders = Order.objects.filter(Q(customer__in=customers) | Q(pk__in=[*of_product]))
    orders.cancel()
    for each in rows:
        each.delete()


def delete_old() -> None:
    """Delete what demonstrations have left that were killed.

    What one with another SECRET_KEY has left stays: its rows look like a client's.
    """
    names: Iterable[Any] = {
        name
        for model in (Product, Customer)
        for name in model._default_manager.filter(name__startswith=NAME).values_list(
            "name", flat=True
        )
    }
    for name in filter(is_old, names):
        delete(name)
