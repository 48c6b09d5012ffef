"""Writes the results as tables and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.load import Speed
from benchmarks.works import GROWTH

RIVALS = ("drf", "sqlalchemy", "asyncpg")


@dataclass(frozen=True)
class Row:
    """The result of one peer and one work. Times are None if only statements were counted."""

    peer: str
    work: str
    orders: int
    rps: float | None
    p50_ms: float | None
    p99_ms: float | None
    statements: int | None  # None: not counted
    ratio_to_naive: float | None = None

    @classmethod
    def of(
        cls, peer: str, work: str, orders: int, statements: int | None, speed: Speed | None
    ) -> Row:
        if speed is None:
            return cls(peer, work, orders, None, None, None, statements)
        times = round(speed.rps, 1), round(speed.p50_ms, 2), round(speed.p99_ms, 2)
        return cls(peer, work, orders, *times, statements)


def with_ratios(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with their speed relative to the naive peer's, if that was measured."""
    naive = {(row.work, row.orders): row.rps for row in rows if row.peer == "naive"}
    return [
        replace(row, ratio_to_naive=ratio(row.rps, naive.get((row.work, row.orders))))
        for row in rows
    ]


def ratio(speed: float | None, other: float | None) -> float | None:
    return round(speed / other, 2) if speed and other else None


def write_json(rows: Iterable[Row], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"rows": [asdict(row) for row in rows]}
    path.write_text(json.dumps(content, indent=1) + "\n")


def tables(rows: Sequence[Row]) -> Iterator[str]:
    """Yield each table as a text; tables without results are left out."""
    timed = [row for row in rows if row.rps]
    for work, orders in dict.fromkeys((row.work, row.orders) for row in timed):
        same = [row for row in timed if (row.work, row.orders) == (work, orders)]
        yield speeds(f"{work}, {orders:,} orders in the table", same)
    yield pivot("bank against the others: its requests/s divided by theirs", against(timed))
    growth = {
        (row.peer, f"{row.orders:,}"): f"{row.p50_ms:.2f}"
        for row in timed
        if row.work == GROWTH.name
    }
    yield pivot(f"{GROWTH.name}: p50 in ms by orders in the table", growth)
    counts = {(row.peer, row.work): str(row.statements) for row in rows}
    yield pivot("Statements per request", counts)


def speeds(title: str, rows: Iterable[Row]) -> str:
    """Return a table of one work with a line per peer."""
    cells: dict[tuple[str, str], str] = {}
    for row in rows:
        cells |= {
            (row.peer, "req/s"): f"{row.rps:,.0f}",
            (row.peer, "p50 ms"): f"{row.p50_ms:.2f}",
            (row.peer, "p99 ms"): f"{row.p99_ms:.2f}",
            (row.peer, "statements"): str(row.statements),
            (row.peer, "× naive"): f"{row.ratio_to_naive or '–'}",
        }
    return pivot(title, cells)


def against(rows: Iterable[Row]) -> dict[tuple[str, str], str]:
    """Return how many times as fast as each rival this application is, per work."""
    rps = {(row.work, row.orders, row.peer): row.rps for row in rows}
    return {
        (f"{work}, {orders:,} orders", rival): f"{factor:.2f}"
        for work, orders, peer in rps
        if peer == "bank"
        for rival in RIVALS
        if (factor := ratio(rps[work, orders, peer], rps.get((work, orders, rival))))
    }


def pivot(title: str, cells: Mapping[tuple[str, str], str]) -> str:
    """Return a table of the cells; lines and columns are in the order of their first cell."""
    lines = list(dict.fromkeys(line for line, _ in cells))
    columns = list(dict.fromkeys(column for _, column in cells))
    first = max(map(len, lines), default=0)
    widths = {column: max(len(column), 9) for column in columns}
    text = [title, " " * first + "".join(f"  {name:>{widths[name]}}" for name in columns)]
    for line in lines:
        values = (f"  {cells.get((line, name), ''):>{widths[name]}}" for name in columns)
        text.append(f"{line:<{first}}{''.join(values)}")
    return "\n".join(text) + "\n" if lines else ""
