"""The data of benchmarks/database.py as the input of bank_import, which every backend can read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from benchmarks.works import CUSTOMERS, PRODUCTS

Record = tuple[str, int, dict[str, Any]]
"""A kind, a key (only used where keys are integers), and the content."""


def records(orders: int) -> Iterator[Record]:
    """Yield the customers, the products, and this number of orders of three lines each."""
    for number in range(1, CUSTOMERS + 1):
        yield "customer", number, {"name": f"Customer {number}"}
    for number in range(1, PRODUCTS + 1):
        content = {"name": f"Product {number}", "price": amount(cents(number)), "stock": None}
        yield "product", number, content
    for number in range(1, orders + 1):
        yield "order", number, order(number)


def order(number: int) -> dict[str, Any]:
    """Return the content of an order of three different products, in order of their keys."""
    quantities = {
        (number * 7 + k * 331) % PRODUCTS + 1: 1 + (number + k) % 3  # of a product's number
        for k in range(3)
    }
    ordered = sorted(quantities.items())
    return {
        "customer": number * 7 % CUSTOMERS,  # these two are positions, from 0 on
        "lines": [[product - 1, amount(cents(product)), n] for product, n in ordered],
        "subtotal": amount(sum(cents(product) * n for product, n in ordered)),
    }


def cents(product: int) -> int:
    """Return the price of the product with this number."""
    return 100 + 37 * product


def amount(value: int) -> str:
    return f"{value // 100}.{value % 100:02}"


def lines(orders: int) -> Iterator[bytes]:
    """Yield the lines of the stream, in constant memory; bank_import compares the hash."""
    digest = hashlib.sha256()
    yield encoded({"records": CUSTOMERS + PRODUCTS + orders})
    for record in records(orders):
        kind, _, content = record
        digest.update(encoded([kind, content]))
        yield encoded(record)
    yield encoded({"hash": digest.hexdigest()})


def encoded(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode() + b"\n"
