"""A storm: many buyers of a few pieces at the same time, and what became of the stock.

It runs in threads, each with a connection of its own, as the processes of a shop would.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from threading import Barrier

from django.db import DatabaseError, InterfaceError, connection

from bank.errors import BankError, NotEnoughStock
from bank.models import Customer, Order, Product
from bank.pages.threads import SECONDS, in_thread, like_here

Run = Callable[[Callable[[], None]], None]
"""Runs the function as a transaction, or without one."""

THREADS = 16  # buyers at the same time


class Clock:
    """Milliseconds since the beginning of the storm."""

    def start(self) -> None:
        self.began = time.monotonic()

    def read(self) -> float:
        return (time.monotonic() - self.began) * 1000


@dataclass(frozen=True)
class Shop:
    """The only product of a storm, and its only customer."""

    product: Product
    customer: Customer


@dataclass
class Buyer:
    """What happened to one buyer; times are milliseconds since the beginning of the storm."""

    number: int
    attempts: list[float] = field(default_factory=list)
    ended: float = 0
    outcome: str = ""
    reason: str = ""

    @property
    def retries(self) -> int:
        return max(len(self.attempts) - 1, 0)


@dataclass(frozen=True)
class Result:
    """All buyers, and the stock and the number of orders afterwards."""

    pieces: int
    buyers: list[Buyer]
    stock: int
    orders: int

    @property
    def outcomes(self) -> dict[str, int]:
        return dict(Counter(buyer.outcome for buyer in self.buyers))

    @property
    def retries(self) -> int:
        return sum(buyer.retries for buyer in self.buyers)

    @property
    def oversold(self) -> int:
        """Orders for which there was no piece."""
        return max(self.orders - self.pieces, 0)

    @property
    def unnoticed(self) -> int:
        """Orders of buyers who were refused afterwards: in no transaction, they stay."""
        return max(self.orders - self.outcomes.get("bought", 0), 0)

    @property
    def exact(self) -> bool:
        """Whether each order has taken one piece out of stock."""
        return self.stock + self.orders == self.pieces

    @property
    def milliseconds(self) -> float:
        return max(buyer.ended for buyer in self.buyers)


def storm(run: Run, buy: Callable[[Shop], None], shop: Shop, *, buyers: int) -> Result:
    """Let the buyers buy a piece each; return when each has one, or none."""
    threads, clock = min(THREADS, buyers), Clock()
    barrier = Barrier(threads, clock.start)

    def work(first: int) -> list[Buyer]:
        with suppress(DatabaseError, InterfaceError):  # the buyers meet it again
            connection.ensure_connection()
        barrier.wait(SECONDS)
        numbers = range(first, buyers + 1, threads)
        return [_buyer(number, run, partial(buy, shop), clock) for number in numbers]

    with ThreadPoolExecutor(threads) as pool:
        ended = list(chain(*pool.map(like_here(work), range(1, threads + 1))))
    ended.sort(key=lambda buyer: buyer.ended)
    return Result(shop.product.stock or 0, ended, *in_thread(_count, shop))


def _buyer(number: int, run: Run, buy: Callable[[], None], clock: Clock) -> Buyer:
    buyer = Buyer(number)

    def attempt() -> None:
        buyer.attempts.append(clock.read())
        buy()

    try:
        run(attempt)
        buyer.outcome = "bought"
    except NotEnoughStock:
        buyer.outcome = "sold out"
    except (DatabaseError, InterfaceError, BankError) as error:
        buyer.outcome, buyer.reason = "refused", first_line(error)
    buyer.ended = clock.read()
    return buyer


def first_line(error: BaseException) -> str:
    """Return what the database said, on one line: the driver's error, if it has caused this one."""
    said = str(error.__cause__ or error).partition(", full error: ")[0]  # MongoDB's, twice
    return f"{type(error).__name__}: {said}".splitlines()[0][:200]


def _count(shop: Shop) -> tuple[int, int]:
    """Return the stock and the number of orders."""
    stock = Product.objects.filter(pk=shop.product.pk).values_list("stock", flat=True).first()
    return stock or 0, Order.objects.filter(customer=shop.customer).count()
