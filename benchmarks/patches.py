"""`python -m benchmarks.patches`: do clients wait while a patch fills a column of a long table?

Applies the patch that adds a price to each order line, and fills it in batches, to a million lines,
while eight clients change lines and add orders. Prints how long their transactions took.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psycopg

from runner.backends import backend
from runner.processes import ROOT
from runner.program import run

LINES, CLIENTS = 1_000_000, 8
BEFORE = ("2026-10-05_rename_clients", "2026-10-12_split_orders")
MEASURED = "2026-10-19_add_line_price"
ROWS = [
    "alter table bank.orders disable trigger orders_audit",
    "insert into bank.clients (name) select 'Client ' || n from generate_series(1, 1000) n",
    "insert into bank.products (name, price) select 'Pen ' || n, n from generate_series(1, 1000) n",
    "insert into bank.orders (client_id, product_id, quantity, subtotal) "
    "select n % 1000 + 1, n % 1000 + 1, 1, 1 from generate_series(1, 1000000) n",
    "alter table bank.orders enable trigger orders_audit",
]


def main(given: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="python -m benchmarks.patches", description=__doc__).parse_args(
        given
    )
    one = backend("postgresql")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as directory:
        patches = Path(directory) / "patches"
        patches.mkdir()
        with one.provider().server(Path(directory) / "data") as url:
            environment = one.environment(url) | {"PATCH_DSN": url}
            command = ["psql", "-Xqf", "schema/first_version/database.sql", url]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
            with psycopg.connect(url, autocommit=True) as owner:
                for sql in ROWS:
                    owner.execute(sql.encode())
                patch(patches, environment, *BEFORE)
                owner.execute("vacuum analyze")
                with writing(url) as seconds:
                    time.sleep(5)
                    before, start = len(seconds), time.perf_counter()
                    patch(patches, environment, MEASURED)
                    took, during = time.perf_counter() - start, seconds[before:]
            show("before", seconds[:before])
            show(f"in the {took:.0f} s of the patch", during)
    return 0


def patch(patches: Path, environment: dict[str, str], *names: str) -> None:
    """Add these patches to the directory, and apply them."""
    for name in names:
        for file in (ROOT / "schema" / "patches").glob(f"{name}.*"):
            shutil.copy(file, patches)
    options = ["--yes", "--baseline", "none", "--role", "bank_owner", "--patches", str(patches)]
    command = [sys.executable, "-m", "schema.patch_db", *options]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def writing(url: str) -> Iterator[list[float]]:
    """Let the clients write during the block; yield the seconds of each of their transactions."""
    seconds: list[float] = []
    done = threading.Event()
    threads = [threading.Thread(target=write, args=(url, seconds, done)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield seconds
    finally:
        done.set()
        for thread in threads:
            thread.join()


def write(url: str, seconds: list[float], done: threading.Event) -> None:
    """Change a line and add an order, again and again."""
    with psycopg.connect(url, autocommit=True) as session:
        while not done.is_set():
            start = time.perf_counter()
            with session.transaction():
                line = random.randint(1, LINES)
                sql = "update bank.order_lines set quantity = quantity + 1 where id = %s"
                session.execute(sql, [line])
                sql = "insert into bank.orders (customer_id, subtotal) values (%s, 1)"
                session.execute(sql, [line % 1000 + 1])
            seconds.append(time.perf_counter() - start)


def show(when: str, seconds: Sequence[float]) -> None:
    print(
        f"{when}: {len(seconds):,} transactions, median {median(seconds) * 1e3:.1f} ms, "
        f"longest {max(seconds) * 1e3:.0f} ms"
    )


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
