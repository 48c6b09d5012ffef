"""Three versions of a row, merged cell by cell.

Dolt merges like this too. But it knows nothing of tokens: a sale on each branch must not be merged
even if both leave the same stock, and the lines of an order belong together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bank.models import Key, Order, new_token
from versioning.merge.conflicts import GUARDS, LINES, Conflict, Guard, Resolution
from versioning.rows import Model, Row, shown

Versions = tuple[Row | None, Row | None, Row | None]
"""A row in the version of the common ancestor (base), ours and theirs; None: no such row."""


def key_of(model: Model, versions: Versions) -> Key:
    """Return the key of the row."""
    return next(row[model._meta.pk.attname] for row in versions if row)


def deleted_and_changed(versions: Versions) -> bool:
    """Whether one side deleted the row and the other changed it, or both added it differently."""
    base, ours, theirs = versions
    return None in versions and ours != base and theirs not in (base, ours)


def guard_of(model: Model, versions: Versions) -> Guard | None:
    """Return the guard whose token both sides changed, if any."""
    guard = GUARDS.get(model)
    if guard is None or None in versions:
        return None
    base, ours, theirs = ((row or {})[guard.token] for row in versions)
    return guard if ours != theirs and base not in (ours, theirs) else None


@dataclass
class MergedRow:
    """The result of merging three versions of a row.

    `merged` is first what can be merged without a decision, and then changed by resolve().
    """

    model: Model
    versions: Versions
    merged: Row | None = field(init=False)
    conflicts: list[Conflict] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        base, ours, theirs = self.versions
        if ours == base:
            self.merged = theirs
        elif theirs in (base, ours):
            self.merged = ours
        elif base and ours and theirs:
            self.merged = dict(ours)
            self._merge_cells(base, ours, theirs)
        else:
            self.merged = ours
            self._add(None, base, ours, theirs)

    @property
    def ours(self) -> Row | None:
        """The row as it is in the tables."""
        return self.versions[1]

    @property
    def pk(self) -> Key:
        """The key of the row."""
        return key_of(self.model, self.versions)

    def resolve(self, conflict: Conflict, resolution: Resolution) -> None:
        """Solve one of the conflicts; raise WrongResolution."""
        value = conflict.resolved(resolution)
        self.conflicts.remove(conflict)
        if conflict.field is None:
            self.merged = value
        elif conflict.field == LINES:
            _, ours, theirs = self.versions
            self._take((ours if resolution.take == "ours" else theirs) or {}, GUARDS[Order].values)
        else:
            column: Any = self.model._meta.get_field(conflict.field)
            self.merged = {**(self.merged or {}), column.attname: value}

    def written(self) -> Row | None:
        """Return the row to write, with a new token if it differs from ours."""
        guard = GUARDS.get(self.model)
        if self.merged and guard and self.merged != self.ours:
            return {**self.merged, guard.token: new_token()}
        return self.merged

    def _merge_cells(self, base: Row, ours: Row, theirs: Row) -> None:
        guard = guard_of(self.model, self.versions)
        guarded = guard.values if guard else ()
        for column in shown(self.model):
            name = column.attname
            if name not in guarded:
                versions = base[name], ours[name], theirs[name]
                if theirs[name] != base[name]:
                    self._take(theirs, (name,))
                if ours[name] not in (base[name], theirs[name]):
                    self._take(ours, (name,))
                    if theirs[name] != base[name]:
                        self._add(column.name, *versions)
        if guard:
            before = _content(base, guard)
            changed = [_content(side, guard) != before for side in (ours, theirs)]
            if all(changed):
                self._add(guard.field, *(r[guard.field] for r in (base, ours, theirs)))
            elif changed[1]:
                self._take(theirs, guard.values)

    def _take(self, side: Row, names: tuple[str, ...]) -> None:
        self.merged = {**(self.merged or {}), **{name: side[name] for name in names}}

    def _add(self, name: str | None, base: Any, ours: Any, theirs: Any) -> None:
        self.conflicts.append(Conflict(self.model, self.pk, name, base, ours, theirs))


def _content(row: Row, guard: Guard) -> list[Any]:
    """Return what a guard compares: lines without their keys, which are new after each change."""
    lines = row.get(LINES, ())
    values = [row[name] for name in guard.values if name != LINES]
    return [*values, *((line["product_id"], line["quantity"], line["price"]) for line in lines)]
