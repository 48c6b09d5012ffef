"""`manage.py bank_demo`: adds demo customers, products and orders."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from bank import demo
from bank.errors import BankError, NotOnlyDemoData

MAX_ORDERS = 10**9


class Command(BaseCommand):
    """Adds the same data at every run, which is the data that the documentation shows.

    The bank must be empty, or have only demo data: then orders are added until there are as many
    as asked for, also after a run that was interrupted.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--orders",
            type=int,
            default=200,
            help="number of orders (default: %(default)d)",
        )
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing, unless the bank is empty or an earlier run was interrupted",
        )

    def handle(self, *args: Any, orders: int, if_empty: bool, **options: Any) -> None:
        if orders < 0:
            raise CommandError("--orders must not be negative.")
        if orders > MAX_ORDERS:
            raise CommandError(f"--orders is at most {MAX_ORDERS}.")
        try:
            self._add(orders, if_empty)
        except BankError as error:
            if not (if_empty and isinstance(error, NotOnlyDemoData)):
                raise CommandError(str(error)) from error
            self.stdout.write("nothing added: there is data already")

    def _add(self, orders: int, if_empty: bool) -> None:
        found = demo.progress()
        begin = found.orders if found else 0
        wanted = found.wanted if found and if_empty else orders
        if found and begin >= wanted:
            self.stdout.write("nothing added: there is data already")
            return
        bar = tqdm(
            total=wanted, initial=begin, desc="demo orders", unit="", leave=False, disable=None
        )
        with bar:
            for added in demo.add(begin, wanted):
                bar.update(added)
        counts = f"{len(demo.CUSTOMERS)} customers, {len(demo.PRODUCTS)} products"
        self.stdout.write(f"demo: {counts}, {wanted} orders")
