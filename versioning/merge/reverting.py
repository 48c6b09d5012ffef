"""Reverts a commit, or applies one to another branch: a three-way merge of what it changed.

Dolt's procedures for this commit at once, with an author and a message of their own, and on
DoltLite a rollback does not undo them. Here the COMMIT of one transaction makes the commit.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from django.db import connection

from bank.transactions import retry_transaction
from versioning.errors import NothingToCommit, NotRevertible
from versioning.merge.lines import Commits
from versioning.merge.merging import COUNTERS, RECORDS
from versioning.merge.settling import Found, settle
from versioning.models import Commit
from versioning.revisions import hash_of
from versioning.rows import MODELS, WORKING, changes, rows_at
from versioning.signatures import Signature, signed


class Picked(NamedTuple):
    """A commit, its only parent, and its message."""

    commit: str
    parent: str
    message: str


def revert(commit: str, branch: str, author: str, message: str = "") -> str:
    """Undo what this commit changed, on a branch; return the hash of the new commit.

    The message is by default `Revert "…"`. Nothing was changed if it raises UnknownRevision,
    NotRevertible, NothingToCommit, or Refused if later commits changed the same values.
    """
    picked = _picked(commit)
    message = message or f'Revert "{picked.message.splitlines()[0]}"'
    return _apply(Signature(message, author), branch, picked.commit, picked.parent)


def cherry_pick(commit: str, branch: str, author: str, message: str = "") -> str:
    """Change on a branch what this commit changed on another; return the hash of the new commit.

    The message is by default the commit's. Raises what revert() raises.
    """
    picked = _picked(commit)
    return _apply(
        Signature(message or picked.message, author), branch, picked.parent, picked.commit
    )


def _apply(signature: Signature, branch: str, base: str, theirs: str) -> str:
    with signed(*signature, branch=branch) as engine, engine.alone():
        retry_transaction(partial(_settle, base, theirs))()
        if engine.made_commit is None:
            raise NothingToCommit
        return str(engine.made_commit)


def _settle(base: str, theirs: str) -> None:
    found: Found = []
    for model in MODELS.values():
        steps = {change.pk: change for change in changes(model, base, theirs)}
        ours = rows_at(model, WORKING, steps)
        found += [(model, (s.before, ours.get(key), s.after)) for key, s in steps.items()]
    settle(found, Commits(base, hash_of("HEAD"), theirs), [])


def _picked(name: str) -> Picked:
    commit = hash_of(name)
    parents = Commit.parents([commit])[commit]
    if len(parents) != 1:
        raise NotRevertible(f"(it has {len(parents)} parents)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM dolt_diff_summary(%s, %s)", [parents[0], commit])
        _refuse_other_tables(cursor.fetchall())
    [found] = Commit.log(commit, 1)
    return Picked(commit, parents[0], found.message)


def _refuse_other_tables(changed: list[tuple[str, str, str, bool, bool]]) -> None:
    """Raise NotRevertible for changes of other tables. A migration changes its own, too."""
    known = {model._meta.db_table for model in [*MODELS.values(), *RECORDS]} | {COUNTERS}
    for before, after, *_ in changed:
        if not {before, after} <= known:
            raise NotRevertible(f"(it changed the table {after or before})")
