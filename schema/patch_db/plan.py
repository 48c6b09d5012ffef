"""What is to be done to a database, from its records and the patches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from .errors import MaybeCommitted, NoHookLeft, OutOfOrder, UnknownPatch
from .patches import Patch
from .records import Record

NONE = "none"


@dataclass(frozen=True)
class Plan:
    """The patches of each kind, in their order."""

    patches: Sequence[Patch]
    records: dict[str, Record]
    baseline: Sequence[Patch]
    """Patches that the first run registers; empty later."""
    first_run: bool

    @cached_property
    def pending(self) -> list[Patch]:
        return [patch for patch in self.patches if patch.name not in self.records]

    @cached_property
    def without_post(self) -> list[Patch]:
        """Applied patches whose post hooks have not succeeded yet."""
        names = self.in_state("post")
        return [patch for patch in self.patches if patch.name in names]

    @cached_property
    def newest(self) -> str:
        return max(self.records, default="")

    @cached_property
    def too_late(self) -> list[Patch]:
        """Pending patches that are older than the newest one that was applied."""
        return [patch for patch in self.pending if patch.name < self.newest]

    @cached_property
    def changes(self) -> dict[str, str]:
        """How the files of applied patches differ from what was applied."""
        files = {patch.name: patch.sha256 for patch in self.patches}
        applied = (r for r in self.records.values() if r.state not in ("skipped", "applying"))
        return {
            record.name: "was changed" if record.name in files else "is missing"
            for record in sorted(applied, key=lambda record: record.name)
            if files.get(record.name) != record.sha256
        }

    def check(self, *, strict: bool) -> None:
        """Raise a PatchError if a patch was interrupted, or a pending one cannot be applied."""
        for name in self.in_state("applying"):
            raise MaybeCommitted(name, "was interrupted")
        for patch in self.too_late if strict else []:
            raise OutOfOrder(patch.name, self.newest)
        for name in self.in_state("post") - {p.name for p in self.without_post if p.post}:
            raise NoHookLeft(name, name)
        for patch in [*self.without_post, *self.pending]:
            patch.check()

    def in_state(self, state: str) -> set[str]:
        return {name for name, record in self.records.items() if record.state == state}


def make_plan(
    patches: Sequence[Patch], records: dict[str, Record] | None, baseline: str | None
) -> Plan:
    """Return the plan; if there are no records, with the baseline that the first run registers:
    all patches, none, or those up to a name. Raise UnknownPatch if no patch has it.
    """
    if records is not None:
        return Plan(patches, records, [], first_run=False)
    first = _baseline(patches, baseline)
    made = {patch.name: Record(patch.name, "baseline", patch.sha256) for patch in first}
    return Plan(patches, made, first, first_run=True)


def _baseline(patches: Sequence[Patch], name: str | None) -> Sequence[Patch]:
    if name is None:
        return patches
    if name == NONE:
        return []
    if name not in {patch.name for patch in patches}:
        raise UnknownPatch(name)
    return [patch for patch in patches if patch.name <= name]
