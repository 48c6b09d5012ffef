"""`make bench BACKENDS=…`: this application and a naive one on each of these databases."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchmarks.answers import check_answers
from benchmarks.errors import LoadFailed
from benchmarks.peers import PEERS, Peer, bank
from benchmarks.report import Row, with_ratios
from benchmarks.rounds import Plan, say, take_times
from benchmarks.running import Server, serving
from benchmarks.shop import Shop
from runner.backend import Backend
from runner.backends import backend
from runner.errors import CannotRun, ServerUnavailable
from runner.kept import shared_server


def measure_all(names: Sequence[str], plan: Plan) -> Iterator[dict[str, Any]]:
    """Measure each backend after the other; yield the content of build/bench-backends.json.

    It is yielded after each backend, so that an interrupted run keeps what was measured.
    A backend without a server is "not-run" there, with the command that installs one; one that
    could not be measured is "failed", with the reason, and the others are still measured.
    """
    found: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []
    for name in names:
        print(f"{name}:", flush=True)
        try:
            found[name], measured = measure(backend(name), plan)
        except ServerUnavailable as error:
            found[name] = {"status": "not-run", "command": error.command}
        except CannotRun as error:
            found[name] = {"status": "failed", "reason": str(error)}
            print(error, flush=True)
        else:
            server = found[name]["server"]
            rows += [{"backend": name, "server": server, **asdict(row)} for row in measured]
        yield {"about": about(plan), "backends": found, "rows": rows}


def about(plan: Plan) -> str:
    """Return how the figures were measured."""
    medians = f"medians of {plan.rounds} × {plan.seconds} s"
    return f"{plan.orders:,} orders; {medians}; {os.cpu_count()} cores for everything"


def measure(one: Backend, plan: Plan) -> tuple[dict[str, Any], list[Row]]:
    """Return the entry of this backend, and the results of both applications on it.

    A work in which one of them returned errors, such as the 503 of a request that took too long,
    has no results: it is in the entry's "left_out", with the reason.
    """
    with running_shop(one, plan) as (shop, servers):
        say(plan, "comparing the answers")
        check_answers(servers, plan.works, shop)
        shop.wait_until_quiet()
        rows: list[Row] = []
        left_out: dict[str, str] = {}
        for work in plan.works:
            try:
                speeds = take_times(servers, work, plan, shop)
            except LoadFailed as error:
                left_out[work.name] = str(error).partition(". ")[0]  # without the log's end
                say(plan, f"{work.name}: {left_out[work.name]}")
                shop.wait_until_quiet()
                continue
            rows += [Row.of(n, work.name, plan.orders, None, speeds[n]) for n in speeds]
        server = shop.server_version()
        return {"status": "measured", "server": server, "left_out": left_out}, with_ratios(rows)


@contextmanager
def running_shop(one: Backend, plan: Plan) -> Iterator[tuple[Shop, list[Server]]]:
    """Yield the seeded data, and this application and the naive one, running on it.

    `serve` starts the server, durable, with its data in a directory that is deleted at the end. If
    NAME_URL is set, it uses that server, whose database must be empty, and which keeps the data.
    """
    if not one.given_url:
        one.provider()  # or ServerUnavailable, before anything is installed
    naive = naive_peer(one)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as directory:
        data = Path(directory) / "data"
        say(plan, "starting the server")
        with (
            serving([bank(one.name, str(data))], os.environ) as [application],
            shared_server(one, data) as url,
        ):
            environment = one.environment(url)
            shop = Shop(one, application, environment, plan.orders)
            say(plan, "filling the tables")
            shop.fill()
            with serving([naive], environment) as [other]:
                yield shop, [application, other]


def naive_peer(one: Backend) -> Peer:
    """Return the naive application with the Python that has the backend's packages."""
    naive = PEERS["naive"]
    return replace(naive, command=(str(one.python(tests=True)), *naive.command[1:]))
