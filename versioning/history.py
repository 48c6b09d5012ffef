"""The versions of one object: which commits changed it, and what they changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from bank.models import Key
from versioning.models import Commit


class Version(NamedTuple):
    """What one commit made of an object: the row (None: deleted), and the columns it changed."""

    commit: Commit
    row: Any
    changed: frozenset[str]


def versions(model: type[Any], pk: Key, using: str = DEFAULT_DB_ALIAS) -> list[Version]:
    """Return the versions of this row on the active branch, newest first.

    A merge is a version only if its row differs from those of both branches. Three statements.
    """
    columns = [field.attname for field in model._meta.concrete_fields]
    changes = _changes(model, pk, using)
    parents = Commit.parents(list(changes), using)
    found = []
    for commit in Commit.newest_first(list(changes), using):
        rows = changes[commit.pk]
        if len(rows) < len(parents[commit.pk]):  # it is as on another parent
            continue
        after = rows[0][: len(columns)]
        before = [row[len(columns) :] for row in rows]
        changed = frozenset(
            column
            for number, column in enumerate(columns)
            if all(old[number] != after[number] or _is_none(old) for old in before)
        )
        found.append(Version(commit, _row(model, after, using), changed))
    return found


def _changes(model: type[Any], pk: Key, using: str) -> dict[str, list[Sequence[Any]]]:
    """Return, by commit, the row after it and before it, for each parent in which it differed."""
    quote, meta = connections[using].ops.quote_name, model._meta
    names = [field.column for field in meta.concrete_fields]
    selected = [quote(f"{side}_{name}") for side in ("to", "from") for name in names]
    key = meta.pk.column
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT to_commit, {', '.join(selected)} FROM {quote(f'dolt_diff_{meta.db_table}')} "  # noqa: S608
            f"WHERE {quote(f'to_{key}')} = %s OR {quote(f'from_{key}')} = %s",
            [pk, pk],
        )
        found: dict[str, list[Sequence[Any]]] = {}
        for commit, *row in cursor.fetchall():
            found.setdefault(commit, []).append(row)
    return found


def _is_none(row: Sequence[Any]) -> bool:
    """Whether there is no such row: then the commit has given it all of its values."""
    return all(value is None for value in row)


def _row(model: type[Any], values: Sequence[Any], using: str) -> Any:
    fields = model._meta.concrete_fields
    converted = [field.to_python(value) for field, value in zip(fields, values, strict=True)]
    row = model.from_db(using, [field.attname for field in fields], converted)
    return None if row.pk is None else row
