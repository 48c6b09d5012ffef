"""`python -m benchmarks.memory [REQUESTS]`: does a worker's memory grow with its requests?

Sends at least this many requests (a million, unless given) and prints, again and again, the
resident memory of the server's worker processes in MiB.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import cycle, islice

import psutil

from benchmarks.database import seeded_database
from benchmarks.load import load, request_file, require_wrk
from benchmarks.peers import PEERS
from benchmarks.running import serving
from benchmarks.server import postgresql
from benchmarks.works import WORKS, Request
from runner.backends import backend
from runner.program import run

ORDERS = 10_000
SLICE = 20  # seconds between two lines
# Mostly small requests, because they reach the number sooner.
MIX = ["GET one"] * 12 + ["GET 100 customers", "20 orders", "100 orders", "POST order x3"]


def mixed() -> Iterator[Request]:
    """Yield the requests of MIX without end, always the next of each work."""
    endless = {name: cycle(WORKS[name].requests(ORDERS)) for name in MIX}
    return (next(endless[name]) for name in cycle(MIX))


def workers() -> list[psutil.Process]:
    """Return the processes of the server that serve requests: those that have no children."""
    below = psutil.Process().children(recursive=True)
    return [p for p in below if "granian" in " ".join(p.cmdline()) and not p.children()]


def main(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("requests", nargs="?", type=int, default=1_000_000)
    wanted = parser.parse_args(given).requests
    if wanted < 1:
        parser.error("needs at least one request.")
    require_wrk()
    sent = 0.0
    with (
        postgresql() as (url, _),
        seeded_database(url, ORDERS) as database,
        serving([PEERS["bank"]], backend("postgresql").environment(database.url)) as [server],
        request_file(islice(mixed(), 20_000)) as requests,
    ):
        while sent < wanted:
            sent += load(server, requests, seconds=SLICE).rps * SLICE
            sizes = [f"{p.memory_info().rss / 2**20:.1f}" for p in workers()]
            print(f"{sent:,.0f} requests: {' and '.join(sizes)} MiB", flush=True)
            database.reset_orders()
    return 0


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
