"""The seeded data of any backend, seen through this application."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import Any

import psutil

from benchmarks.errors import BenchmarkError
from benchmarks.running import Server
from benchmarks.seed import lines
from benchmarks.works import Key, Request
from runner.backend import Backend
from runner.processes import ROOT

PAGE = 1000  # objects; of orders with three lines a page has 666
BELOW, BEYOND = 0, 999_999_999  # integers that are no row's key; below, the same of MongoDB
BELOW_OBJECTS, BEYOND_OBJECTS = "0" * 24, "f" * 24
QUIET = 0.1  # seconds of CPU time per second of all processes that we started
# Without reading the orders: Djongo cannot read a document of the naive application, which lacks a
# column that only this one has.
DELETE = """
from bank.models import Order, OrderLine
OrderLine.objects.filter(order_id__gt={0!r})._raw_delete("default")
Order.objects.filter(pk__gt={0!r})._raw_delete("default")
"""


class Shop:
    """The tables of a backend (benchmarks/tables.py) on which `bank`, this application, runs.

    `environment` is that of processes which use its database as its owner.
    """

    def __init__(
        self, backend: Backend, bank: Server, environment: Mapping[str, str], orders: int
    ) -> None:
        self.backend, self.bank, self.environment = backend, bank, environment
        self.orders = orders
        self.keys: dict[str, Sequence[Key]] = {}

    def fill(self) -> None:
        """Import the data, which bank_import compares by hash; the bank must be empty."""
        with self._manage("bank_import", stdin=subprocess.PIPE) as child:
            if child.stdin:
                child.stdin.writelines(lines(self.orders))
        if child.returncode:
            raise BenchmarkError(f"{self.backend.name}: the data was not imported, see above.")
        self.keys = {kind: self._all(kind) for kind in ("customer", "product", "order")}

    def server_version(self) -> str:
        """Return what the server says it is, e.g. "SecantusDB 0.7.0b3 speaking MongoDB 8.2.11"."""
        return str(self._get("/health/")["server"])

    def key(self, kind: str, number: int) -> Key:
        keys = self.keys[kind]
        if 1 <= number <= len(keys):
            return keys[number - 1]
        integers = isinstance(keys[0], int)
        if number < 1:
            return BELOW if integers else BELOW_OBJECTS
        return BEYOND if integers else BEYOND_OBJECTS

    def placed(self) -> list[Key]:
        return self._all("order", after=self.keys["order"][-1])

    def reset_orders(self) -> None:
        code = DELETE.format(self.keys["order"][-1])
        with self._manage("shell", "--verbosity=0", f"--command={code}") as child:
            pass
        if child.returncode:
            raise BenchmarkError(f"{self.backend.name}: orders were not deleted, see above.")

    def wait_until_quiet(self, *, seconds: float = 60) -> None:
        """Return when no process that we started is working, or after `seconds`.

        A database may go on for longer, with the maintenance of its files.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            before, began = cpu_seconds(), time.monotonic()
            time.sleep(0.2)
            if cpu_seconds() - before < QUIET * (time.monotonic() - began):
                return

    def set_stock(self, product: int, stock: int | None) -> None:
        path = f"/product/{self.key('product', product)}/"
        body = json.dumps(self._get(path) | {"stock": stock})
        status, answer = self.bank.ask_json(Request("PUT", path, body))
        if status != 200:
            raise BenchmarkError(f"{self.backend.name} answers PUT {path} with {status}: {answer}")

    def stock(self, product: int) -> int | None:
        found: int | None = self._get(f"/product/{self.key('product', product)}/")["stock"]
        return found

    def _get(self, path: str) -> Any:
        status, answer = self.bank.ask_json(Request("GET", path))
        if status != 200:
            raise BenchmarkError(f"{self.backend.name} answers {path} with {status}: {answer}")
        return answer

    def _all(self, kind: str, after: Key | None = None) -> list[Key]:
        keys: list[Key] = []
        while page := self._get(f"/{kind}/?limit={PAGE}" + (f"&after={after}" if after else "")):
            keys += [found["id"] for found in page]
            after = keys[-1]
        return keys

    def _manage(self, *words: str, **options: Any) -> subprocess.Popen[bytes]:
        command = [str(self.backend.python(tests=True)), "manage.py", *words]
        return subprocess.Popen(
            command, cwd=ROOT, env=dict(self.environment), stdout=subprocess.DEVNULL, **options
        )


def cpu_seconds() -> float:
    """Return the CPU time that our running children, and theirs, have used."""
    used = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += times.user + times.system
    return used
