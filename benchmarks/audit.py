"""`python -m benchmarks.audit`: what the audit of postgresql_sql costs an order.

Orders are placed over HTTP with the audit's triggers and without, in turns, on one server.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psycopg

from benchmarks.load import Speed, load, middle, request_file, require_wrk
from benchmarks.peers import bank
from benchmarks.running import Server, serving
from benchmarks.works import CUSTOMERS, PRODUCTS, WORKS
from runner.backends import backend
from runner.kept import shared_server
from runner.program import run

ROUNDS, SECONDS = 5, 5
ROWS = """
    insert into bank.customers (name) select 'Customer ' || n from generate_series(1, {}) n;
    insert into bank.products (name, price) select 'Product ' || n, n from generate_series(1, {}) n;
    analyze
"""
SWITCH = "alter table bank.{0} {1} trigger {0}_audit"
TABLES = ("customers", "products", "orders", "order_lines")


def main(given: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="python -m benchmarks.audit", description=__doc__).parse_args(
        given
    )
    require_wrk()
    one = backend("postgresql_sql")
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as data,
        serving([bank(one.name, data)], os.environ) as [server],
        shared_server(one, Path(data)) as url,
        psycopg.connect(url, autocommit=True) as owner,
    ):
        owner.execute(ROWS.format(CUSTOMERS, PRODUCTS).encode())
        show(measure(owner, server))
    return 0


def measure(owner: psycopg.Connection, server: Server) -> dict[str, list[Speed]]:
    """Return the speeds with ("enable") and without ("disable") the audit."""
    speeds: dict[str, list[Speed]] = {"enable": [], "disable": []}
    with request_file(WORKS["POST order x3"].requests(0)) as requests:
        load(server, requests, seconds=SECONDS)  # warms up
        for _ in range(ROUNDS):
            for state, found in speeds.items():
                for table in TABLES:
                    owner.execute(SWITCH.format(table, state).encode())
                found.append(load(server, requests, seconds=SECONDS))
    return speeds


def show(speeds: dict[str, list[Speed]]) -> None:
    audited, plain = middle(speeds["enable"]), middle(speeds["disable"])
    print(f"orders of 3 products with the audit: {audited.rps:,.0f} per second")
    print(f"without: {plain.rps:,.0f} per second")
    each = [a.rps / p.rps for a, p in zip(speeds["enable"], speeds["disable"], strict=True)]
    print(f"ratio: {audited.rps / plain.rps:.2f} ({min(each):.2f}–{max(each):.2f})")


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
