"""The lines of orders that both branches changed, in three versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from bank.models import Key, OrderLine
from versioning.rows import WORKING, Change, Row, changes


class Commits(NamedTuple):
    """The commits of a three-way merge: the latest one of both branches in common, and theirs."""

    base: str
    ours: str
    theirs: str


Lines = dict[Key, list[Row]]
"""The lines of each order, in the order of their products."""


def lines_of(orders: set[Key], commits: Commits) -> tuple[Lines, Lines, Lines]:
    """Return the lines of these orders in base, ours and theirs.

    What changed is undone and done again from the rows of today, which an index finds, because
    DoltLite would read all lines of an older version.
    """
    now = _now(orders)
    ours = _stepped(now, orders, map(_back, changes(OrderLine, commits.ours, WORKING)))
    base = _stepped(ours, orders, map(_back, changes(OrderLine, commits.base, commits.ours)))
    theirs = _stepped(base, orders, changes(OrderLine, commits.base, commits.theirs))
    return _by_order(base), _by_order(ours), _by_order(theirs)


def _now(orders: set[Key]) -> dict[Key, Row]:
    lines = OrderLine.objects.filter(order__in=orders).values()
    return {line["id"]: dict(line) for line in lines}


def _back(change: Change) -> Change:
    return Change(change.model, change.after, change.before)


def _stepped(lines: dict[Key, Row], orders: set[Key], steps: Iterable[Change]) -> dict[Key, Row]:
    found = dict(lines)
    for step in steps:
        found.pop(step.pk, None)
        if step.after and step.after["order_id"] in orders:
            found[step.pk] = step.after
    return found


def _by_order(lines: dict[Key, Row]) -> Lines:
    found: defaultdict[Key, list[Row]] = defaultdict(list)
    for line in sorted(lines.values(), key=lambda line: line["product_id"]):
        found[line["order_id"]].append(line)
    return found
