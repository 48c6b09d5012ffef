"""The works that are measured, each a list of requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

CUSTOMERS = PRODUCTS = 1000
Key = int | str
Keys = Callable[[str, int], Key]
"""Returns the key of the nth seeded "customer", "product" or "order", from 1 on; of the 0th: a key
below all of them."""
# A prime: in steps of it, requests visit a whole table in the same scattered order in every run.
STRIDE = 7919


class Request(NamedTuple):
    """One HTTP request; the body is empty for a GET."""

    method: str
    path: str
    body: str = ""


def numbers_are_keys(kind: str, number: int) -> Key:
    """The Keys of a database in which seeded rows are numbered."""
    return number


@dataclass(frozen=True)
class Work:
    """Requests of one kind: a GET of `path`, or a POST of an order with that many products."""

    name: str
    path: str
    numbers: Callable[[int], range]  # from the number of orders: the rows whose key is in the path
    length: int | None = None  # rows in each answer, if it is a list
    products: int = 0
    timed: bool = True  # False: statements are counted; timed only on request

    def requests(
        self, orders: int, *, count: int = 1000, key: Keys = numbers_are_keys
    ) -> list[Request]:
        """Return requests that are spread over the whole table and the same in every run."""
        numbers = self.numbers(orders)
        return [self.request(numbers[i * STRIDE % len(numbers)], key) for i in range(count)]

    def request(self, number: int, key: Keys) -> Request:
        """Return the request with the key of this row in its path, or an order of this customer."""
        if self.products:
            return Request("POST", self.path, new_order(number, self.products, key))
        kind = self.path.split("/")[1]
        return Request("GET", self.path.format(key(kind, number)))


def new_order(number: int, products: int, key: Keys) -> str:
    """Return the body of an order of different products, in ascending order of their keys."""
    step = PRODUCTS // products
    rows = (number % step + 1 + step * i for i in range(products))
    items = [{"id": key("product", row), "quantity": 1} for row in rows]
    customer = {"id": key("customer", number)}
    return json.dumps({"customer": customer, "products": items}, separators=(",", ":"))


def some_customer(orders: int) -> range:
    return range(1, CUSTOMERS + 1)


def full_customer_page(orders: int) -> range:
    return range(CUSTOMERS - 100 + 1)


def order_page(length: int) -> Work:
    """Return a work that reads full pages of orders, spread over the whole table."""
    path = f"/order/?limit={length}&after={{}}"
    return Work(f"{length} orders", path, lambda orders: range(orders - length + 1), length)


def placing(products: int, *, timed: bool = True) -> Work:
    """Return a work that places orders of this many products each."""
    name = f"POST order x{products}"
    return Work(name, "/order/", some_customer, products=products, timed=timed)


GROWTH = order_page(20)  # repeated with fewer and with more orders in the table
WORKS = {
    work.name: work
    for work in (
        Work("GET one", "/customer/{}/", some_customer),
        Work("GET 100 customers", "/customer/?limit=100&after={}", full_customer_page, 100),
        GROWTH,
        order_page(100),
        placing(3),
        placing(1, timed=False),
        placing(50, timed=False),
    )
}
