"""Writes the rows that a merge has decided on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models

from bank.models import Order, OrderLine
from versioning.merge.conflicts import LINES
from versioning.merge.three_way import MergedRow
from versioning.rows import MODELS, Row

BATCH = 500  # rows of an UPDATE


def write(rows: Iterable[MergedRow]) -> list[models.Model]:
    """Write the result of each row; return the written rows, whose rules are to be checked.

    An order with lines gets exactly these. Raises ProtectedError if a row to be deleted is in use.
    """
    sorted_rows: defaultdict[Any, list[MergedRow]] = defaultdict(list)
    for row in rows:
        sorted_rows[row.model].append(row)
    _delete(sorted_rows)
    written: list[models.Model] = []
    for model in MODELS.values():
        found = [(row.ours, row.written()) for row in sorted_rows[model]]
        changed = [(ours, new) for ours, new in found if new is not None and new != ours]
        written += _insert(model, [new for ours, new in changed if ours is None])
        written += _update(model, [new for ours, new in changed if ours is not None])
        if model is Order:
            lines = [line for _, new in found if new for line in new.get(LINES, ())]
            written += _insert(OrderLine, lines)
    return written


def _delete(rows: Mapping[Any, list[MergedRow]]) -> None:
    """Delete first the rows that refer to others, and all lines of orders that get those given."""
    orders = [
        row.pk
        for row in rows.get(Order, ())
        if any(version and LINES in version for version in row.versions)
    ]
    if orders:
        OrderLine.objects.filter(order__in=orders).delete()
    for model in reversed(MODELS.values()):
        gone = [row.pk for row in rows.get(model, ()) if row.ours and row.merged is None]
        if gone:
            model._base_manager.filter(pk__in=gone).delete()


def _insert(model: Any, rows: list[Row]) -> list[models.Model]:
    created: list[models.Model] = model._base_manager.bulk_create(_instances(model, rows))
    return created


def _update(model: Any, rows: list[Row]) -> list[models.Model]:
    instances = _instances(model, rows)
    names = [f.name for f in model._meta.concrete_fields if not f.primary_key]
    # Not bulk_update(): on SQLite it rounds decimals to floating point.
    target = ["pk"] if connection.features.supports_update_conflicts_with_target else None
    model._base_manager.bulk_create(
        instances, BATCH, update_conflicts=True, update_fields=names, unique_fields=target
    )
    return instances


def _instances(model: Any, rows: list[Row]) -> list[models.Model]:
    names = [f.attname for f in model._meta.concrete_fields]
    return [model(**{name: row[name] for name in names}) for row in rows]
