"""The ways to buy in a storm: with retries and without, and how pieces are sold twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from bank.engine import Engine
from bank.errors import NotEnoughStock
from bank.models import Order, OrderLine, Product
from bank.pages.storm import Run, Shop
from bank.transactions import retry_transaction

THINKS = 0.02  # seconds between reading and writing the stock, where a buyer does both by hand


def place(shop: Shop) -> None:
    """Order one piece as POST /order/ does."""
    Order.objects.place(shop.customer, {shop.product.pk: 1})


def read_then_write(shop: Shop) -> None:
    """Order one piece as code does that trusts what it has read, without a new stock_token."""
    stock = Product.objects.filter(pk=shop.product.pk).values_list("stock", flat=True).first()
    if not stock:
        raise NotEnoughStock({shop.product: 0})
    time.sleep(THINKS)
    Product.objects.filter(pk=shop.product.pk).update(stock=stock - 1)
    order = Order.objects.create(customer=shop.customer, subtotal=shop.product.price)
    OrderLine.objects.create(order=order, product=shop.product, price=shop.product.price)


def once(body: Callable[[], None]) -> None:
    """Run a transaction once: a refusal is the buyer's."""
    with Engine().outermost_atomic():
        body()


def retried(body: Callable[[], None]) -> None:
    """Run a transaction until the database accepts it."""
    retry_transaction(body)()


def read_committed(body: Callable[[], None]) -> None:
    """Run a transaction below SERIALIZABLE."""
    with Engine().read_committed():
        body()


def alone(body: Callable[[], None]) -> None:
    """Run each statement by itself, in no transaction."""
    body()


@dataclass(frozen=True)
class Way:
    """A way to buy, for the radio buttons."""

    label: str
    explanation: str
    run: Run
    buy: Callable[[Shop], None]


SAFE = "safe"
WAYS = {
    SAFE: Way(
        "as this shop does: retry_transaction",
        "Each order is a transaction, run again when the database refuses it.",
        retried,
        place,
    ),
    "once": Way(
        "without retry_transaction",
        "The same transaction, run once. Where the database refuses one of two, a buyer gets an "
        "error though there are pieces left.",
        once,
        place,
    ),
    "token": Way(
        "without the token",
        "Reads the stock, thinks, writes one less, and retries. Two buyers write the same number: "
        "a database that compares only what was written sees no conflict.",
        retried,
        read_then_write,
    ),
    "read-committed": Way(
        "below SERIALIZABLE: READ COMMITTED",
        "The same code in a transaction that may overwrite a change that it has not seen.",
        read_committed,
        read_then_write,
    ),
    "alone": Way(
        "in no transaction",
        "The same code, each statement by itself: on most databases both buyers get the piece.",
        alone,
        read_then_write,
    ),
}


def ways() -> dict[str, Way]:
    """Return the ways that this database has."""
    possible = {**WAYS}
    if not Engine().has_read_committed:
        del possible["read-committed"]
    return possible
