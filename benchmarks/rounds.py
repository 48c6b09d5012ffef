"""Measures all peers alternately, in rounds, so that other load on the machine affects all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answers import check_answers
from benchmarks.database import Database, seeded_database
from benchmarks.load import CONNECTIONS, Speed, load, middle, request_file
from benchmarks.peers import Peer
from benchmarks.report import Row
from benchmarks.running import Server, serving
from benchmarks.statements import statements_per_request
from benchmarks.tables import Tables
from benchmarks.works import Work
from runner.backends import backend

WARM_UP = 1  # seconds
COUNTED = 7  # requests per work and peer that are sent to count their statements


@dataclass(frozen=True)
class Plan:
    """The measurements for one number of orders in the table."""

    orders: int
    works: Sequence[Work]
    counted: Sequence[Work]  # works whose statements are counted but which are not timed
    rounds: int
    seconds: int
    connections: int = CONNECTIONS  # of the clients to each peer


def measure(server_url: str, log: Path, peers: Sequence[Peer], plan: Plan) -> list[Row]:
    """Check, count and time these peers on a new database of the server with this log."""
    say(plan, "filling the tables")
    with seeded_database(server_url, plan.orders) as database:
        statements = inspect(peers, plan, database, log)
        with serving(peers, backend("postgresql").environment(database.url)) as servers:
            speeds = {work: take_times(servers, work, plan, database) for work in plan.works}
    return [
        Row.of(peer.name, work.name, plan.orders, statements[work, peer.name], times.get(peer.name))
        for work in (*plan.works, *plan.counted)
        for times in [speeds.get(work, {})]
        for peer in peers
    ]


def inspect(
    peers: Sequence[Peer], plan: Plan, database: Database, log: Path
) -> dict[tuple[Work, str], int]:
    """Check the answers and count the statements.

    This uses its own servers, because each statement is logged, which takes time.
    """
    works = (*plan.works, *plan.counted)
    with (
        database.logged_statements(),
        serving(peers, backend("postgresql").environment(database.url)) as servers,
    ):
        say(plan, "comparing the answers")
        check_answers(servers, works, database)
        say(plan, "counting the statements")
        counts = {
            (work, server.name): statements_per_request(
                log, server, work.requests(plan.orders, count=COUNTED)
            )
            for work in works
            for server in servers
        }
    database.reset_orders()
    return counts


def take_times(
    servers: Iterable[Server], work: Work, plan: Plan, tables: Tables
) -> dict[str, Speed]:
    """Return the median speed of each peer for this work."""
    speeds: dict[str, list[Speed]] = {server.name: [] for server in servers}
    with request_file(work.requests(plan.orders, key=tables.key)) as requests:
        for server in servers:
            load_alone(server, requests, work, tables, plan.connections, WARM_UP)
        for number in range(1, plan.rounds + 1):
            for server in servers:
                speed = load_alone(server, requests, work, tables, plan.connections, plan.seconds)
                speeds[server.name].append(speed)
                progress = f"{work.name}: round {number}/{plan.rounds}"
                say(plan, f"{progress}: {server.name} {speed.rps:,.0f} requests/s")
    return {name: middle(measured) for name, measured in speeds.items()}


def load_alone(
    server: Server,
    requests: Path,
    work: Work,
    tables: Tables,
    connections: int,
    seconds: int,
) -> Speed:
    """Put load on this peer only, with the same rows in the tables as for every other peer."""
    if work.products:
        tables.reset_orders()
    speed = load(server, requests, seconds=seconds, connections=connections)
    tables.wait_until_quiet()
    return speed


def say(plan: Plan, what: str) -> None:
    print(f"{plan.orders:,} orders: {what}", flush=True)
