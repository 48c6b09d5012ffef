"""The rows of a model in Dolt's tables: as they were in a commit, and what changed between two."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, models

from bank.models import Customer, Key, Order, OrderLine, Product

Row = dict[str, Any]
"""The values of a row by the names of its attributes (`customer_id`)."""
Model = type[models.Model]

# What is compared and merged row by row, and shown. A row is after the rows that it refers to.
MODELS: dict[str, Model] = {
    str(model._meta.model_name): model for model in (Customer, Product, Order, OrderLine)
}
WORKING = "WORKING"  # Dolt's word for the tables as the running transaction sees them
MOST_KEYS = 10_000  # in one statement


class Change(NamedTuple):
    """A row before and after; None if there was none."""

    model: Model
    before: Row | None
    after: Row | None

    @property
    def pk(self) -> Key:
        """The key of the row."""
        return (self.after or self.before or {})[self.model._meta.pk.attname]

    @property
    def kind(self) -> str:
        """What happened to the row: "added", "removed" or "changed"."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def shown(model: Model) -> list[Any]:
    """Return the columns that people see: neither the key nor what is not editable, as tokens."""
    return [f for f in model._meta.concrete_fields if f.editable and not f.primary_key]


def changes(
    model: Model, old: str, new: str, *, after: Key | None = None, limit: int | None = None
) -> list[Change]:
    """Return what changed between two commits. `new` may be WORKING.

    With a limit, at most so many with a key after this one, in their order, and without rows of
    which only hidden columns changed. The time grows with what changed, not with the table.
    """
    connection: Any = connections[DEFAULT_DB_ALIAS]
    key = "COALESCE({}, {})".format(*_sides(model._meta.pk))
    source, parameters = f"FROM {connection.changes(model._meta.db_table)}", [old, new]
    if limit is not None:
        visible = " OR ".join(map(_differs, shown(model)))
        source += f" WHERE (diff_type <> 'modified' OR {visible})"
        if after is not None:
            source, parameters = f"{source} AND {key} > %s", [*parameters, after]
        source += f" ORDER BY {key} LIMIT {limit:d}"
    rows = select(model, ("from_", "to_"), source, parameters)
    return [Change(model, before, after) for before, after in rows]


def rows_at(model: Model, commit: str, keys: Collection[Key]) -> dict[Key, Row]:
    """Return the rows with these keys by key, as they were in this commit, or are in WORKING."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    quote, table, pk = connection.ops.quote_name, model._meta.db_table, model._meta.pk
    past, parameters = (
        (connection.past(table), [commit]) if commit != WORKING else (quote(table), [])
    )
    found: dict[Key, Row] = {}
    for batch in _batches(keys):
        places = ", ".join(["%s"] * len(batch))
        source = f"FROM {past} WHERE {quote(pk.column)} IN ({places})"
        rows = select(model, ("",), source, [*parameters, *batch])
        found |= {row[pk.attname]: row for (row,) in rows if row}
    return found


def select(
    model: Model, sides: Sequence[str], source: str, parameters: Sequence[Any] = ()
) -> list[tuple[Row | None, ...]]:
    """Return rows that have the columns of this model once for each prefix, such as `from_`."""
    connection = connections[DEFAULT_DB_ALIAS]
    fields: Any = model._meta.concrete_fields
    names = [connection.ops.quote_name(side + f.column) for side in sides for f in fields]
    compiler = (
        model._base_manager.using(DEFAULT_DB_ALIAS).all().query.get_compiler(DEFAULT_DB_ALIAS)
    )
    columns = [f.get_col(model._meta.db_table) for _ in sides for f in fields]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} {source}", parameters)
        found = cursor.fetchall()
    values = compiler.apply_converters(found, compiler.get_converters(columns))
    return [tuple(_split(model, row, len(sides))) for row in values]


def _split(model: Model, values: Sequence[Any], sides: int) -> Iterator[Row | None]:
    names = [f.attname for f in model._meta.concrete_fields]
    for first in range(0, sides * len(names), len(names)):
        row = dict(zip(names, values[first : first + len(names)], strict=True))
        yield row if row[model._meta.pk.attname] is not None else None


def _sides(field: Any) -> list[str]:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    return [quote(f"{side}_{field.column}") for side in ("to", "from")]


def _differs(field: Any) -> str:
    """Return a condition that compares texts exactly, whatever the collation of the column."""
    one, other = _sides(field)
    null = f"({one} IS NULL) <> ({other} IS NULL)"
    if isinstance(field, models.CharField | models.TextField):
        one, other = f"HEX({one})", f"HEX({other})"
    return f"{one} <> {other} OR {null}"


def _batches(keys: Collection[Key]) -> Iterator[list[Key]]:
    rest = iter(keys)
    while batch := list(islice(rest, MOST_KEYS)):
        yield batch
