"""`manage.py bank_demo`: customers, products and orders to play with."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from bank.models import Customer, Key, Order, Product
from bank.transactions import retry_transaction

FIRST = ["Ada", "Billy", "Carl", "Dora", "Emil", "Frida", "Grace", "Hugo", "Ines", "Jon"]
LAST = ["Adams", "Berg", "Costa", "Dietz", "Eliot", "Fox", "Garcia", "Haas", "Ito", "Jansen"]
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


class Command(BaseCommand):
    """The same data at every run: what the documentation shows is what you see."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--orders", type=int, default=200)
        parser.add_argument("--if-empty", action="store_true", help="only into an empty bank")

    def handle(self, *args: Any, orders: int, if_empty: bool, **options: Any) -> None:
        if if_empty and Customer.objects.exists():
            self.stdout.write("demo data is there already, or yours is")
            return
        names = [f"{first} {last}" for last in LAST for first in FIRST]
        for name in names:
            Customer.objects.create(name=name)
        for name, (price, stock) in PRODUCTS.items():
            Product.objects.create(name=name, price=price, stock=stock)
        place_orders(tqdm(range(orders), "demo orders", unit="", leave=False))
        self.stdout.write(
            f"demo: {len(names)} customers, {len(PRODUCTS)} products, {orders} orders"
        )


def place_orders(numbers: Iterable[int]) -> None:
    """One order per number, each in a transaction of its own like those of the API."""
    chance = random.Random(2026)  # the same orders every time
    customers = list(Customer.objects.all())
    products = list(Product.objects.filter(stock=None).values_list("pk", flat=True))
    counted = list(Product.objects.exclude(stock=None).values_list("pk", flat=True))
    for number in numbers:
        wanted: dict[Key, int] = {key: chance.randint(1, 3) for key in products}
        # What is not counted never runs out; of the rest only the first orders take some.
        if number % 10 == 0 and number < 200:
            wanted[chance.choice(counted)] = 1
        place(chance.choice(customers), wanted)


@retry_transaction
def place(customer: Customer, quantities: dict[Key, int]) -> None:
    """Place one order."""
    Order.objects.place(customer, quantities)
