"""What must be true of the data after a merge, beyond the constraints of single tables.

A merge can be right cell by cell and still be wrong: stock, orders and their lines are several
tables. To add an invariant, write a function like stock_and_ordered(), and add it to INVARIANTS.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bank.models import Key, OrderLine, Product
from versioning.merge.lines import Commits
from versioning.rows import WORKING, Model, changes, rows_at


class Broken(NamedTuple):
    """A field with another value than the invariant expects."""

    model: Model
    pk: Key
    field: str
    expected: int
    found: int


def stock_and_ordered(commits: Commits) -> Iterator[Broken]:
    """The pieces of a product in stock and in orders together: those that were delivered.

    A merge changes that sum by what the other branch has changed it by. Only products whose stock
    is counted in all versions. The time grows with what changed.
    """
    wanted = _delivered(commits.base, commits.theirs)
    found = _delivered(commits.ours, WORKING)
    wrong = {key for key in {*wanted, *found} if wanted[key] != found[key]}
    if not wrong:
        return
    before = [rows_at(Product, commit, wrong) for commit in commits]
    for key, row in sorted(rows_at(Product, WORKING, wrong).items()):
        versions = [row, *(version.get(key) for version in before)]
        if all(version and version["stock"] is not None for version in versions):
            stock = row["stock"]
            yield Broken(Product, key, "stock", stock + wanted[key] - found[key], stock)


INVARIANTS: dict[tuple[Model, str], Callable[[Commits], Iterator[Broken]]] = {
    (Product, "stock"): stock_and_ordered,
}
"""The checks, by the model and field that can be given a value to satisfy them."""


def _delivered(old: str, new: str) -> Counter[Key]:
    """Return by how much stock and ordered quantities of each product have changed together."""
    total: Counter[Key] = Counter()
    for change in changes(Product, old, new):
        for row, sign in ((change.after, 1), (change.before, -1)):
            total[change.pk] += sign * ((row or {}).get("stock") or 0)
    for change in changes(OrderLine, old, new):
        for row, sign in ((change.after, 1), (change.before, -1)):
            if row:
                total[row["product_id"]] += sign * row["quantity"]
    return total
