"""Conflicts: what both branches changed, and how that is resolved."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from bank.models import Key, Order, Product
from versioning.errors import WrongResolution
from versioning.rows import Model


class Guard(NamedTuple):
    """A hidden token, which is new after each change of the values that it guards."""

    token: str
    field: str  # where a conflict is shown
    values: tuple[str, ...]  # the attributes that are then taken from one side


LINES = "products"  # the attribute of an order's Row that has its lines
GUARDS: dict[Model, Guard] = {
    Product: Guard("stock_token", "stock", ("stock",)),
    Order: Guard("change_token", LINES, (LINES, "subtotal")),
}


@dataclass(frozen=True)
class Resolution:
    """How one conflict is solved: by a side's value, the sum of both changes, or a given value.

    `number` is its place in the request.
    """

    number: int
    model: Model
    pk: Key
    field: str | None
    take: Literal["ours", "theirs", "sum"] | None
    value: Any = None

    def wrong(self, member: str, reason: str) -> WrongResolution:
        """Return the error that points at a member of this resolution."""
        return WrongResolution(self.number, member, reason)


@dataclass
class Conflict:
    """What both branches changed: a field, or the whole row (field None) if one deleted it."""

    model: Model
    pk: Key
    field: str | None
    base: Any
    ours: Any
    theirs: Any

    def resolved(self, by: Resolution) -> Any:
        """Return the value that this resolution chooses; raise WrongResolution."""
        whole = self.field is None or self.field == LINES
        if by.take == "sum":
            versions = self.base, self.ours, self.theirs
            if whole or self._is_key() or not all(type(v) in (int, Decimal) for v in versions):
                raise by.wrong("take", "Only changes of a number have a sum.")
            return self.ours + self.theirs - self.base
        if by.take is None:
            if whole:
                raise by.wrong("value", "Take ours or theirs.")
            return by.value
        return self.ours if by.take == "ours" else self.theirs

    def _is_key(self) -> bool:
        return self.field is not None and self.model._meta.get_field(self.field).is_relation
