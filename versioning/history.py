"""The versions of one object: which commits changed it, and what they changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from bank.models import Key
from versioning.models import Commit

ALL = 2**31  # commits
NO_PARENTS = [""]  # of the first commit: a commit without rows


class Version(NamedTuple):
    """What one commit made of an object: the row (None: deleted), and the columns it changed.

    `before` is the row in the commit's first parent (None: there was none). In a list sorted by
    time, the next version may be one of another branch, which was merged later.
    """

    commit: Commit
    row: Any
    changed: frozenset[str]
    parent: str
    before: Any


def versions(model: type[Any], pk: Key, using: str = DEFAULT_DB_ALIAS) -> list[Version]:
    """Return the versions of this row on the active branch, newest first.

    A commit made a version if the row then differs from what it was in each of its parents. Three
    statements; the time grows with the number of commits. (dolt_diff_TABLE would be faster, but on
    the server it leaves out a commit if another one has the same parent.)
    """
    fields = model._meta.concrete_fields
    rows, parents = _rows(model, pk, using), Commit.all_parents(using)
    found = []
    for commit in Commit.log("HEAD", ALL, using=using):
        hashes = parents.get(commit.pk, NO_PARENTS)
        after, before = rows.get(commit.pk), [rows.get(parent) for parent in hashes]
        if after in before:
            continue
        changed = frozenset(
            field.attname
            for number, field in enumerate(fields)
            if after and all(old is None or old[number] != after[number] for old in before)
        )
        row, old = (_instance(model, values, using) for values in (after, before[0]))
        found.append(Version(commit, row, changed, hashes[0], old))
    return found


def _rows(model: type[Any], pk: Key, using: str) -> dict[str, Sequence[Any]]:
    """Return the row at each commit at which it existed, by the commit's hash."""
    quote, meta = connections[using].ops.quote_name, model._meta
    columns = ", ".join(quote(field.column) for field in meta.concrete_fields)
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT commit_hash, {columns} FROM {quote(f'dolt_history_{meta.db_table}')} "  # noqa: S608
            f"WHERE {quote(meta.pk.column)} = %s",
            [pk],
        )
        return {commit: row for commit, *row in cursor.fetchall()}


def _instance(model: type[Any], values: Sequence[Any] | None, using: str) -> Any:
    if values is None:
        return None
    fields = model._meta.concrete_fields
    converted = [field.to_python(value) for field, value in zip(fields, values, strict=True)]
    return model.from_db(using, [field.attname for field in fields], converted)
