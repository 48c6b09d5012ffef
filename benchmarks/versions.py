"""`python -m benchmarks.versions dolt doltlite`: what a commit per transaction costs.

Orders are placed with and without commits, in turns; then rows are inserted in bulk. Prints orders
per second, their ratio, rows per second, and the bytes by which each order has grown the data.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from runner.backends import backend
from runner.program import run

ORDERS, ROUNDS, ROWS = 200, 5, 10_000
CHILD = "import benchmarks.versions as v, sys; v.measure(sys.argv[1])"


def main(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.versions", description=__doc__)
    parser.add_argument("backends", nargs="+", choices=["dolt", "doltlite"])
    for name in parser.parse_args(given).backends:
        one = backend(name)
        with tempfile.TemporaryDirectory() as data, one.server(Path(data)) as url:
            print(f"{name}:", flush=True)
            command = [str(one.python()), "-c", CHILD, data]
            subprocess.run(command, env=one.environment(url), check=True)
    return 0


def measure(data: str) -> None:
    """Measure the database of the settings, whose files are in this directory."""
    import django

    django.setup()
    from django.core.management import call_command

    from bank.models import Customer, Product
    from versioning.signatures import commits_by_hand

    call_command("migrate", verbosity=0)
    customer = Customer.objects.create(name="Ann")
    pens = Product.objects.create(name="Pen", price=1), Product.objects.create(name="Cup", price=2)
    kinds: dict[str, Callable[[], AbstractContextManager[None]]] = {
        "with a commit": nullcontext,
        "without": commits_by_hand,
    }
    speeds: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind, block in kinds.items():
            with block():
                speeds[kind].append(_orders_per_second(customer, *pens))
    medians = {kind: median(found) for kind, found in speeds.items()}
    for kind, speed in medians.items():
        print(f"  orders {kind}: {speed:,.0f} per second")
    print(f"  ratio: {medians['with a commit'] / medians['without']:.2f}")
    kept = _collected_size(data)
    for _ in range(ROUNDS):
        _orders_per_second(customer, *pens)
    grown, remained = (
        (size() - kept) / ORDERS / ROUNDS
        for size in (partial(_size, data), partial(_collected_size, data))
    )
    print(f"  bytes per order: {grown:,.0f}, after garbage collection {remained:,.0f}")
    start = time.perf_counter()
    Customer.objects.bulk_create([Customer(name="Bob") for _ in range(ROWS)], batch_size=1000)
    print(f"  rows in bulk: {ROWS / (time.perf_counter() - start):,.0f} per second", flush=True)


def _orders_per_second(customer: Any, *products: Any) -> float:
    from bank.models import Order
    from bank.transactions import retry_transaction

    quantities = {product.pk: 1 for product in products}
    start = time.perf_counter()
    for _ in range(ORDERS):
        retry_transaction(Order.objects.place)(customer, quantities)
    return ORDERS / (time.perf_counter() - start)


def _collected_size(data: str) -> int:
    from django.db import connection

    from versioning.procedures import call

    call("gc")
    connection.close()  # the server ends all sessions
    return _size(data)


def _size(data: str) -> int:
    return sum(file.stat().st_size for file in Path(data).rglob("*") if file.is_file())


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
