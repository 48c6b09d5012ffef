"""Demo data: the same customers, products and orders at every run, with any number of orders."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from bank.errors import NotEnoughStock, NotOnlyDemoData
from bank.models import Customer, DemoData, Key, Order, OrderLine, Product
from bank.transactions import retry_transaction
from bank.transfer.export import Record, refuse_unfinished
from bank.transfer.importer import Importer
from bank.transfer.keys import Keys

BATCH = 100  # orders in a transaction
FIRST = ["Ada", "Billy", "Carl", "Dora", "Emil", "Frida", "Grace", "Hugo", "Ines", "Jon"]
LAST = ["Adams", "Berg", "Costa", "Dietz", "Eliot", "Fox", "Garcia", "Haas", "Ito", "Jansen"]
CUSTOMERS = [f"{first} {last}" for last in LAST for first in FIRST]
PRODUCTS = {
    "Ice cream": ("1.20", None),
    "Coffee": ("2.80", None),
    "Notebook": ("3.49", 500),
    "Pen": ("0.99", 1000),
    "Umbrella": ("12.50", 40),
    "Bicycle bell": ("7.95", 60),
    "Desk lamp": ("34.00", 25),
    "Chess set": ("24.90", 30),
}
PRICES = [Decimal(price) for price, _ in PRODUCTS.values()]
COUNTED = [n for n, (_, stock) in enumerate(PRODUCTS.values()) if stock is not None]
UNCOUNTED = [n for n, (_, stock) in enumerate(PRODUCTS.values()) if stock is None]


def progress() -> DemoData | None:
    """Return how many demo orders there are and should be; None in an empty bank.

    Raises NotOnlyDemoData if there is other data, or demo data was changed, and NotWhole
    during a copy into this bank.
    """
    refuse_unfinished()
    found = DemoData.objects.first()
    if found and _contains_only(found.orders):
        return found
    if any(model.objects.exists() for model in (Customer, Product, Order)):
        raise NotOnlyDemoData
    return None


def add(begin: int, wanted: int) -> Iterator[int]:
    """Add the orders from number `begin` on until there are `wanted`; yield each batch's size.

    Each batch is one transaction that also records the progress; the first one includes the
    customers and products. So a run that was stopped can be continued.
    """
    orders = enumerate(islice(_orders(), wanted))
    for batch in iter(lambda: list(islice(orders, BATCH)), []):
        if new := [content for number, content in batch if number >= begin]:
            _insert(begin, wanted, new)
            begin += len(new)
            yield len(new)
    if begin == 0:
        _insert(0, 0, [])


@retry_transaction
def _insert(begin: int, wanted: int, contents: list[dict[str, Any]]) -> None:
    # Counting all orders again in each batch would make a large demo take quadratic time.
    before = DemoData.objects.first() if begin else progress()
    if (before.orders if before else 0) != begin:
        raise NotOnlyDemoData  # another process is adding demo data now
    importer = Importer()
    if before is None:
        DemoData.objects.all().delete()
        importer.insert("customer", [Record("customer", None, {"name": n}) for n in CUSTOMERS])
        products = [{"name": n, "price": p, "stock": s} for n, (p, s) in PRODUCTS.items()]
        importer.insert("product", [Record("product", None, content) for content in products])
    for kind, model in (("customer", Customer), ("product", Product)):
        importer.keys[kind] = Keys(model.objects.order_by("pk").values_list("pk", flat=True))
    if contents:
        without_lines = [Record("order", None, {**content, "lines": []}) for content in contents]
        orders = importer.insert("order", without_lines)
        OrderLine.objects.bulk_create(_lines(orders, importer.keys["product"], contents))
        try:
            _take(importer, contents)
        except NotEnoughStock as error:
            raise NotOnlyDemoData from error  # the stock was changed by hand
    DemoData.objects.all().delete()
    DemoData.objects.create(orders=begin + len(contents), wanted=wanted)


def _lines(
    orders: list[Key], products: Keys, contents: list[dict[str, Any]]
) -> Iterator[OrderLine]:
    """Yield the lines; a column that was added to the model has its default."""
    for order, content in zip(orders, contents, strict=True):
        for product, price, quantity in content["lines"]:
            key = products[product]
            yield OrderLine(order_id=order, product_id=key, price=price, quantity=quantity)


def _take(importer: Importer, contents: list[dict[str, Any]]) -> None:
    ordered: Counter[Key] = Counter()
    for content in contents:
        for product, _, quantity in content["lines"]:
            if product in COUNTED:
                ordered[importer.keys["product"][product]] += quantity
    if ordered:
        Product.objects.take(ordered)


def _orders() -> Iterator[dict[str, Any]]:
    """Yield the content of the records of orders: an endless sequence, always the same."""
    chance = random.Random(2026)
    number = 0
    while True:
        wanted = {product: chance.randint(1, 3) for product in UNCOUNTED}
        # Products without a stock count never run out; only the first 200 orders take others.
        if number % 10 == 0 and number < 200:
            wanted[chance.choice(COUNTED)] = 1
        customer = chance.choice(range(len(CUSTOMERS)))
        lines = [[product, str(PRICES[product]), n] for product, n in wanted.items()]
        subtotal = sum((PRICES[product] * n for product, n in wanted.items()), Decimal())
        yield {"customer": customer, "subtotal": str(subtotal), "lines": lines}
        number += 1


def _contains_only(orders: int) -> bool:
    """Whether this bank has exactly the demo's customers and products, and `orders` orders."""
    customers = Customer.objects.order_by("pk").values_list("name", flat=True)
    products = Product.objects.order_by("pk").values_list("name", "price", "stock")
    demo = [(n, Decimal(p), s is None) for n, (p, s) in PRODUCTS.items()]
    return (
        list(customers[: len(CUSTOMERS) + 1]) == CUSTOMERS
        and [(name, price, stock is None) for name, price, stock in products[: len(demo) + 1]]
        == demo
        and Order.objects.count() == orders
    )
