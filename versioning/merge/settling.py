"""Settles a three-way merge: resolves its conflicts, writes the result, and checks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import ProtectedError

from bank.models import Key, Order, OrderLine, new_token
from versioning.errors import Refused
from versioning.merge.conflicts import GUARDS, LINES, Conflict, Resolution
from versioning.merge.invariants import INVARIANTS, Broken
from versioning.merge.lines import Commits, lines_of
from versioning.merge.three_way import MergedRow, Versions, deleted_and_changed, guard_of, key_of
from versioning.merge.violations import Violation, broken, reported, tables
from versioning.merge.writing import write
from versioning.rows import MODELS, Model, rows_at

Place = tuple[Model, Key, str | None]
Found = list[tuple[Model, Versions]]


def settle(found: Found, commits: Commits, resolutions: Iterable[Resolution]) -> None:
    """Merge these rows, which are ours in the tables, inside of a transaction.

    Raises Refused with all conflicts that have no resolution, with violated constraints, and with
    broken invariants if there are no conflicts; and WrongResolution. The transaction must then be
    rolled back.
    """
    rows = [MergedRow(*each) for each in _with_lines(found, commits)]
    rest, decided = _resolve(rows, resolutions)
    conflicts = [conflict for row in rows for conflict in row.conflicts]
    violations = list(_written(rows))
    certain = not conflicts and not violations
    invariants = _invariants(commits, rest, decided) if certain else []
    if not certain or invariants:
        raise Refused(conflicts, violations, invariants)


def _with_lines(found: Found, commits: Commits) -> Found:
    """Return the rows; those of orders that must be of one side have the lines as a part."""
    orders = {
        key_of(model, versions)
        for model, versions in found
        if model is Order and (guard_of(model, versions) or deleted_and_changed(versions))
    }
    if not orders:
        return found
    lines = lines_of(orders, commits)
    result: Found = []
    for model, versions in found:
        if model is Order and (key := key_of(model, versions)) in orders:
            sides = zip(versions, lines, strict=True)
            base, ours, theirs = (row and {**row, LINES: of[key]} for row, of in sides)
            result.append((model, (base, ours, theirs)))
        elif model is not OrderLine or not any(r and r["order_id"] in orders for r in versions):
            result.append((model, versions))
    return result


def _resolve(
    rows: list[MergedRow], resolutions: Iterable[Resolution]
) -> tuple[list[Resolution], set[Place]]:
    """Resolve conflicts; return what may resolve a broken invariant, and what was decided."""
    conflicts = {_place(c): (row, c) for row in rows for c in row.conflicts}
    rest, decided = list[Resolution](), set[Place]()
    for resolution in resolutions:
        place = _place(resolution)
        if place in conflicts:
            row, conflict = conflicts.pop(place)
            row.resolve(conflict, resolution)
            if resolution.take != "sum":
                decided.add(place)
        elif place in decided or (resolution.model, resolution.field) not in INVARIANTS:
            raise resolution.wrong("", "There is no such conflict, or it is resolved already.")
        else:
            rest.append(resolution)
    return rest, decided


def _written(rows: list[MergedRow]) -> Iterator[Violation]:
    """Write the rows that have no conflicts; yield the rules that they and others break then."""
    try:
        written = write(row for row in rows if not row.conflicts)
    except ProtectedError as error:
        for used_by in error.protected_objects:
            yield Violation(type(used_by), used_by.pk, "foreign key", ())
        return
    wrong = tables()
    for model in MODELS.values():
        if model._meta.db_table in wrong:
            written += reported(model)
    undecided = {row.pk for row in rows if row.model is Order and row.conflicts}
    checked = {(type(row), row.pk): row for row in written}
    yield from broken(
        row for row in checked.values() if getattr(row, "order_id", None) not in undecided
    )


def _invariants(
    commits: Commits, resolutions: list[Resolution], decided: set[Place]
) -> list[Broken]:
    """Return the broken invariants that nobody has decided on."""
    found = {_place(broken): broken for check in INVARIANTS.values() for broken in check(commits)}
    for resolution in resolutions:
        place = _place(resolution)
        if place not in found:
            raise resolution.wrong("", "There is no such conflict.")
        if resolution.take != "sum":
            _decide(resolution, commits)
            decided = {*decided, place}
    return [broken for place, broken in found.items() if place not in decided]


def _decide(resolution: Resolution, commits: Commits) -> None:
    """Write the value that a human has chosen, whatever the invariant says."""
    model, name = resolution.model, str(resolution.field)
    sides = [rows_at(model, commit, [resolution.pk])[resolution.pk][name] for commit in commits]
    value = Conflict(model, resolution.pk, name, *sides).resolved(resolution)
    token = {GUARDS[model].token: new_token()} if model in GUARDS else {}
    model._base_manager.filter(pk=resolution.pk).update(**{name: value}, **token)


def _place(found: Conflict | Resolution | Broken) -> Place:
    return found.model, found.pk, found.field
