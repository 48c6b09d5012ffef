"""What differs between two commits, in pages of rows and fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError, connection

from bank.models import Key
from versioning.errors import UnknownRevision
from versioning.procedures import refusal
from versioning.rows import MODELS, Change, Model, Row, changes, rows_at, shown

Document = dict[str, Any]
Names = dict[tuple[Model, Key], str]


def merge_base(one: str, other: str) -> str:
    """Return the latest commit that both commits have in their history."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dolt_merge_base(%s, %s)", [one, other])
        [(base,)] = cursor.fetchall()
    if not base:
        raise UnknownRevision("(the two have no commit in common)")
    return str(base)


def page(
    old: str, new: str, after: tuple[str, Key] | None, limit: int
) -> tuple[list[Document], str | None]:
    """Return at most `limit` changes after this model and key, and the next page's `after`.

    Statements: one per model, and two per model whose rows are named. Raises UnknownRevision if
    a commit is from before a migration that changed the columns.
    """
    names, found = list(MODELS), list[Change]()
    start, key = after or (names[0], None)
    try:
        for name in names[names.index(start) :]:
            rest = limit + 1 - len(found)
            if rest > 0:
                first = key if name == start else None
                found += changes(MODELS[name], old, new, after=first, limit=rest)
        shown_ones = found[:limit]
        before = _names(((c.model, c.before) for c in shown_ones if c.before), commit=old)
        then = _names(((c.model, c.after) for c in shown_ones if c.after), commit=new)
    except DatabaseError as error:
        if refused := refusal(error):
            raise refused from error
        raise
    last = shown_ones[-1] if len(found) > limit else None
    following = last and f"{last.model._meta.model_name}:{last.pk}"
    return [_document(change, before, then) for change in shown_ones], following


def _names(rows: Iterable[tuple[Model, Row]], commit: str) -> Names:
    """Return the names, in this commit, of all objects that these rows refer to."""
    keys: defaultdict[Any, set[Key]] = defaultdict(set)
    for model, row in rows:
        for field in shown(model):
            if field.remote_field and row[field.attname] is not None:
                keys[field.remote_field.model].add(row[field.attname])
    return {
        (model, key): str(model(**row))
        for model, wanted in keys.items()
        for key, row in rows_at(model, commit, wanted).items()
    }


def _document(change: Change, before: Names, after: Names) -> Document:
    fields = {}
    for field in shown(change.model):
        old = (change.before or {}).get(field.attname)
        new = (change.after or {}).get(field.attname)
        if change.kind != "changed" or old != new:
            fields[field.name] = {"label": str(field.verbose_name), "from": old, "to": new}
            if model := field.remote_field and field.remote_field.model:
                names = before.get((model, old)), after.get((model, new))
                fields[field.name] |= dict(zip(("from_name", "to_name"), names, strict=True))
    meta = change.model._meta
    label = {"model": meta.model_name, "label": str(meta.verbose_name)}
    return label | {"id": change.pk, "kind": change.kind, "fields": fields}
