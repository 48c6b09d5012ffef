"""Imports the records of bank/transfer/export.py into an empty database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import connection, models

from bank.errors import CopyDiffers, NotDiscarded, TargetNotEmpty
from bank.models import Customer, IdempotencyRecord, Key, Order, OrderLine, Product, UnfinishedCopy
from bank.transactions import retry_transaction
from bank.transfer.carried import automatic, carried
from bank.transfer.export import Record, answer_text, number, translate
from bank.transfer.keys import Keys

MODELS: dict[str, Any] = {
    "customer": Customer,
    "product": Product,
    "order": Order,
    "answer": IdempotencyRecord,
}
BATCH = 500  # records of a transaction


@retry_transaction
def begin(*, discard: bool = False) -> None:
    """Mark this database, which must be empty, as unfinished.

    With `discard`, all records that are in it after an unfinished copy are deleted first, because
    it is unknown which of them an application has written. Raises TargetNotEmpty or NotDiscarded
    without changing anything.
    """
    unfinished = UnfinishedCopy.objects.exists()
    if records := number():
        if not unfinished:
            raise TargetNotEmpty
        if not discard:
            raise NotDiscarded(records)
    if not unfinished:
        UnfinishedCopy.objects.create()
    for model in (OrderLine, *reversed(MODELS.values())):
        model.objects.all().delete()


def finish() -> None:
    """Remove the mark of begin(): the copy is complete."""
    UnfinishedCopy.objects.all().delete()


class Importer:
    """Inserts records in transactions of at most BATCH records."""

    def __init__(self) -> None:
        self.keys = {kind: Keys() for kind in MODELS}

    def add(self, records: Iterable[Record]) -> Iterator[int]:
        """Insert the records in their order; yield the size of each batch."""
        for kind, of_a_kind in groupby(records, key=attrgetter("kind")):
            while batch := list(islice(of_a_kind, BATCH)):
                self.keys[kind].extend(retry_transaction(self.insert)(kind, batch))
                _reset_sequence(MODELS[kind])
                yield len(batch)

    def insert(self, kind: str, batch: list[Record]) -> list[Key]:
        """Insert records of one kind and return their keys; call it in a transaction.

        The keys of the records that they refer to are in `keys`.
        """
        model = MODELS[kind]
        build: Callable[[dict[str, Any]], models.Model] = getattr(self, f"_{kind}")
        rows = [build(record.content) for record in batch]
        for row, record in zip(rows, batch, strict=True):
            row.pk = _own_key(model, record.key)
        model.objects.bulk_create(rows)
        keys = [row.pk for row in rows]
        if None in keys:  # not every database returns the keys of a bulk insert
            keys = self._newest(kind, len(batch))
        if kind == "order":
            self._insert_lines(keys, batch)
        self._set_automatic(model, keys, batch)
        return keys

    def _insert_lines(self, orders: list[Key], batch: list[Record]) -> None:
        columns = carried(OrderLine)
        lines = [
            OrderLine(
                order_id=order,
                product_id=self._key("product", product),
                **dict(zip(columns, values, strict=True)),
            )
            for order, record in zip(orders, batch, strict=True)
            for product, *values in record.content["lines"]
        ]
        OrderLine.objects.bulk_create(lines, batch_size=BATCH)

    def _set_automatic(self, model: Any, keys: list[Key], batch: list[Record]) -> None:
        # auto_now and auto_now_add have set them to the datetime of this insert, which is right for
        # demo data only: it has no such columns.
        names = [name for name in automatic(model) if name in batch[0].content]
        for key, record in zip(keys, batch, strict=True) if names else ():
            model.objects.filter(pk=key).update(**{n: record.content[n] for n in names})

    def _key(self, kind: str, number: int) -> Key:
        """Return the key of the record with this number in this database."""
        if number >= len(self.keys[kind]):
            raise CopyDiffers
        return self.keys[kind][number]

    def _newest(self, kind: str, count: int) -> list[Key]:
        """Return the keys of the last rows."""
        keys = MODELS[kind].objects.order_by("-pk").values_list("pk", flat=True)[:count]
        return list(keys)[::-1]

    def _customer(self, content: dict[str, Any]) -> Customer:
        return Customer(**content)

    def _product(self, content: dict[str, Any]) -> Product:
        return Product(**content)

    def _order(self, content: dict[str, Any]) -> Order:
        columns = _without(content, "customer", "lines")
        return Order(customer_id=self._key("customer", content["customer"]), **columns)

    def _answer(self, content: dict[str, Any]) -> IdempotencyRecord:
        if content["verbatim"]:
            location, text = content["verbatim"]
        else:
            body = json.loads(json.dumps(content["body"]))
            translate(content["kind"], body, self._key)
            location, text = f"/{content['kind']}/{body['id']}/", answer_text(body)
        columns = _without(content, "kind", "body", "verbatim")
        return IdempotencyRecord(**columns, location=location, body=text)


def _without(content: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in names}


def _reset_sequence(model: Any) -> None:
    """Let new keys begin after the copied ones, even if the copy is never finished."""
    for sql in connection.ops.sequence_reset_sql(no_style(), [model]):
        with connection.cursor() as cursor:
            cursor.execute(sql)


def _own_key(model: Any, key: Key) -> Key | None:
    """Return the source's key, or None for a new key if this database has another type of key."""
    try:
        return model._meta.pk.to_python(key)
    except ValidationError:
        return None
