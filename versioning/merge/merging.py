"""Merges a branch into another in one transaction, whose COMMIT is the merge's commit."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

from django.db import connection

from bank.engine import Engine
from bank.models import DemoData, IdempotencyRecord, UnfinishedCopy
from bank.transactions import retry_transaction
from versioning.diffs import merge_base
from versioning.errors import (
    BranchMoved,
    MergeConflict,
    OutdatedDecision,
    Refused,
)
from versioning.merge.conflicts import Resolution
from versioning.merge.lines import Commits
from versioning.merge.settling import Found, settle
from versioning.merge.violations import forget, tables
from versioning.models import Branch
from versioning.names import COMMIT
from versioning.procedures import call, fast_forward, merge_uncommitted
from versioning.revisions import hash_of
from versioning.rows import MODELS, changes, select
from versioning.signatures import Signature, signed

# Records that the application keeps for itself are not merged: those of `into` stay.
RECORDS: list[Any] = [IdempotencyRecord, DemoData, UnfinishedCopy]
COUNTERS = "sqlite_sequence"  # the last generated keys, a table of SQLite's


class Merge(NamedTuple):
    """The latest commit of the branch after a merge, and whether it is that of the other branch.

    A dry run has no commit.
    """

    hash: str | None
    fast_forward: bool


class Heads(NamedTuple):
    """The latest commits of the branch that is merged into, and of the one that is merged."""

    into: str
    source: str


class _DryRun(Exception):
    """Rolls the transaction back."""


def merge(
    source: str,
    into: str,
    signature: Signature,
    resolutions: Iterable[Resolution] = (),
    *,
    heads: Heads | None = None,
    dry_run: bool = False,
) -> Merge:
    """Merge the branch or commit `source` into a branch, with these resolutions of conflicts.

    With `heads` only if these are still the latest commits, so that nobody decides on conflicts
    that have changed. Nothing was changed if it raises OutdatedDecision, UnknownRevision, Refused
    (with all conflicts, violated constraints and broken invariants), WrongResolution, or an error
    of retry_transaction().
    """
    with signed(*signature, branch=into) as engine, engine.alone():
        body = partial(_merge, source, list(resolutions), heads, dry_run)
        try:
            found = retry_transaction(body)()
        except _DryRun as done:
            return Merge(None, *done.args)
        except BranchMoved:  # it was an ancestor of the source, and now is not
            found = retry_transaction(body)()
        finally:
            engine.merging = False
        return found._replace(hash=engine.made_commit or found.hash)


def _merge(source: str, resolutions: list[Resolution], heads: Heads | None, dry_run: bool) -> Merge:
    ours, theirs = now = Heads(hash_of("HEAD"), _latest(source))
    if heads not in (None, now):
        raise OutdatedDecision
    commits = Commits(merge_base(ours, theirs), ours, theirs)
    forward = commits.base == ours != theirs
    # Set in each attempt: when it is run again, the branch may be merged already.
    Engine().connection.merging = commits.base not in (ours, theirs)
    if commits.base in (ours, theirs):
        for resolution in resolutions:
            raise resolution.wrong("", "There are no conflicts.")
    else:
        merge_uncommitted(theirs)
        try:
            settle(_conflicting(), commits, resolutions)
        except Refused as refused:
            refused.heads = now
            raise
        _forget_reports()
    if dry_run:
        raise _DryRun(forward)
    if forward:
        fast_forward(theirs)  # the last statement, because it cannot be rolled back
        return Merge(theirs, True)
    return Merge(ours, False)


def _latest(branch: str) -> str:
    if COMMIT.fullmatch(branch):
        return hash_of(branch)
    return Branch.named(branch).hash


def _conflicting() -> Found:
    """Return the rows in which Dolt found conflicts; raise MergeConflict for other tables.

    Dolt's conflicts end here, by keeping ours, which is in the tables; settle() writes what is not.
    """
    found: Found = []
    conflicts = _with_conflicts()
    for model in MODELS.values():
        if model._meta.db_table in conflicts:
            source = f"FROM {_conflicts_of(model._meta.db_table)}"
            rows = select(model, ("base_", "our_", "their_"), source)
            found += [(model, (base, ours, theirs)) for base, ours, theirs in rows]
    known = {model._meta.db_table for model in [*MODELS.values(), *RECORDS]}
    if unknown := (conflicts | tables()) - known - {COUNTERS}:
        raise MergeConflict(f"(in {', '.join(sorted(unknown))})")
    for table in conflicts:  # quicker than to delete its list: 0.1 s for 3,000 on DoltLite, not 3 s
        call("conflicts_resolve", "--ours", table)
    return found


def _forget_reports() -> None:
    """Delete Dolt's list of violations, which settle() has found to be none any more."""
    wrong = tables()
    for model in [*MODELS.values(), *RECORDS]:
        if model._meta.db_table in wrong:
            if model in RECORDS:
                new = [c.pk for c in changes(model, "HEAD", "WORKING") if c.before is None]
                model.objects.filter(pk__in=new).delete()
            forget(model)


def _with_conflicts() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM dolt_conflicts")
        return {table for table, count in cursor.fetchall() if count}


def _conflicts_of(table: str) -> str:
    return connection.ops.quote_name(f"dolt_conflicts_{table}")
