"""`python -m benchmarks`: measure all peers; print tables, write build/bench.json.

With --backends, measure this application and the naive one on each of these databases, and write
build/bench-backends.json.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.database import ROOT
from benchmarks.every_backend import measure_all
from benchmarks.load import CONNECTIONS, require_wrk
from benchmarks.peers import PEERS
from benchmarks.report import tables, with_ratios, write_json
from benchmarks.rounds import Plan, measure
from benchmarks.server import postgresql
from benchmarks.works import GROWTH, WORKS
from matrix import speeds
from runner.program import run
from settings import NAMES

RESULT = ROOT / "build" / "bench.json"
USUAL = 10_000  # orders in the table when all works are measured
SMALLEST = 100  # the longest page must be full
MOST_CONNECTIONS = 1000  # wrk has two threads, and an open file for each connection


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--backends", nargs="+", choices=NAMES, default=[], metavar="BACKEND")
    parser.add_argument(
        "--output", type=Path, default=RESULT.parent, help=f"directory of {speeds.FILE}"
    )
    parser.add_argument(
        "--docs", action="store_true", help="measure nothing; write the last --backends' table"
    )
    parser.add_argument(
        "--works", nargs="+", choices=WORKS,
        help=f"measure for every number of orders (default: all for {USUAL}, else '{GROWTH.name}')",
    )  # fmt: skip
    parser.add_argument("--orders", nargs="+", type=int, default=[1000, USUAL, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="per peer, work and round")
    parser.add_argument("--connections", type=int, default=CONNECTIONS, help="of the clients")
    options = parser.parse_args(given)
    if min(options.orders) < SMALLEST or options.rounds < 1 or options.seconds < 1:
        parser.error(f"needs at least {SMALLEST} orders, one round and one second.")
    if not 2 <= options.connections <= MOST_CONNECTIONS:
        parser.error(f"needs 2 to {MOST_CONNECTIONS} connections.")
    return options


def compare_backends(options: argparse.Namespace) -> int:
    """Measure all works on these backends, with one number of orders; return 1 if one failed."""
    work_plan = plan(options, main_number(options), everything=True)
    for content in measure_all(options.backends, work_plan):
        speeds.write(content, options.output)
    print("", *speeds.text(content), f"Written to {options.output / speeds.FILE}", sep="\n")
    return int(any(each["status"] == "failed" for each in content["backends"].values()))


def main_number(options: argparse.Namespace) -> int:
    return USUAL if USUAL in options.orders else int(options.orders[0])


def plans(options: argparse.Namespace) -> list[Plan]:
    """Return a plan per number of orders: all works for one number, GROWTH for the others."""
    main = main_number(options)
    return [plan(options, orders, everything=orders == main) for orders in options.orders]


def plan(options: argparse.Namespace, orders: int, *, everything: bool) -> Plan:
    if options.works:
        works = [WORKS[name] for name in options.works]
        return Plan(orders, works, [], options.rounds, options.seconds, options.connections)
    if everything:
        timed = [work for work in WORKS.values() if work.timed]
        counted = [work for work in WORKS.values() if not work.timed]
        return Plan(orders, timed, counted, options.rounds, options.seconds, options.connections)
    # Half the time is enough: a page of orders takes the same time for any number of orders.
    half = max(1, options.seconds // 2)
    return Plan(orders, [GROWTH], [], options.rounds, half, options.connections)


def main(given: Sequence[str]) -> int:
    options = arguments(given)
    if options.docs:
        print(speeds.write_document(options.output, ROOT))
        return 0
    require_wrk()
    if options.backends:
        return compare_backends(options)
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
