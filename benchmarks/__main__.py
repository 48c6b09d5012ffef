"""`python -m benchmarks`: measure all peers; print tables, write build/bench.json."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from benchmarks.database import ROOT
from benchmarks.load import require_wrk
from benchmarks.peers import PEERS
from benchmarks.report import tables, with_ratios, write_json
from benchmarks.rounds import Plan, measure
from benchmarks.server import postgresql
from benchmarks.works import GROWTH, WORKS
from runner.program import run

RESULT = ROOT / "build" / "bench.json"
USUAL = 10_000  # orders in the table when all works are measured
SMALLEST = 100  # the longest page must be full


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument(
        "--works", nargs="+", choices=WORKS,
        help=f"measure for every number of orders (default: all for {USUAL}, else '{GROWTH.name}')",
    )  # fmt: skip
    parser.add_argument("--orders", nargs="+", type=int, default=[1000, USUAL, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="per peer, work and round")
    options = parser.parse_args(given)
    if min(options.orders) < SMALLEST or options.rounds < 1 or options.seconds < 1:
        parser.error(f"needs at least {SMALLEST} orders, one round and one second.")
    return options


def plans(options: argparse.Namespace) -> list[Plan]:
    """Return a plan per number of orders: all works for one number, GROWTH for the others."""
    main = USUAL if USUAL in options.orders else options.orders[0]
    return [plan(options, orders, everything=orders == main) for orders in options.orders]


def plan(options: argparse.Namespace, orders: int, *, everything: bool) -> Plan:
    if options.works:
        works = [WORKS[name] for name in options.works]
        return Plan(orders, works, [], options.rounds, options.seconds)
    if everything:
        timed = [work for work in WORKS.values() if work.timed]
        counted = [work for work in WORKS.values() if not work.timed]
        return Plan(orders, timed, counted, options.rounds, options.seconds)
    # Half the time is enough: a page of orders takes the same time for any number of orders.
    return Plan(orders, [GROWTH], [], options.rounds, max(1, options.seconds // 2))


def main(given: Sequence[str]) -> int:
    options = arguments(given)
    require_wrk()
    peers = [PEERS[name] for name in options.peers]
    rows = []
    with postgresql() as (url, log):
        for work_plan in plans(options):
            rows += measure(url, log, peers, work_plan)
    rows = with_ratios(rows)
    write_json(rows, RESULT)
    print("", *filter(None, tables(rows)), f"Written to {RESULT}", sep="\n")
    return 0


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
