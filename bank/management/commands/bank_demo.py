"""`manage.py bank_demo`: customers, products and orders to play with."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from bank import demo
from bank.errors import BankError, NotOnlyDemoData

MAX_ORDERS = 10**9


class Command(BaseCommand):
    """The same data at every run: what the documentation shows is what you see.

    Into an empty bank, or where only demo data is: then it is made larger, and what was stopped
    in the middle goes on.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--orders",
            type=int,
            default=200,
            help="how many orders there shall be (default: %(default)d)",
        )
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="only into an empty bank, or to finish what was stopped; otherwise do nothing",
        )

    def handle(self, *args: Any, orders: int, if_empty: bool, **options: Any) -> None:
        if orders < 0:
            raise CommandError("--orders is not below 0.")
        if orders > MAX_ORDERS:
            raise CommandError(f"--orders is at most {MAX_ORDERS}.")
        try:
            self._add(orders, if_empty)
        except BankError as error:
            if not (if_empty and isinstance(error, NotOnlyDemoData)):
                raise CommandError(str(error)) from error
            self.stdout.write("demo data is there already, or yours is")

    def _add(self, orders: int, if_empty: bool) -> None:
        found = demo.progress()
        begin = found.orders if found else 0
        wanted = found.wanted if found and if_empty else orders
        if found and begin >= wanted:
            self.stdout.write("demo data is there already, or yours is")
            return
        with tqdm(total=wanted, initial=begin, desc="demo orders", unit="", leave=False) as bar:
            for added in demo.add(begin, wanted):
                bar.update(added)
        counts = f"{len(demo.CUSTOMERS)} customers, {len(demo.PRODUCTS)} products"
        self.stdout.write(f"demo: {counts}, {wanted} orders")
