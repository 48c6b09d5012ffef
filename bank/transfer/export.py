"""Exports all data as a stream of records that every backend can write and read.

A record refers to others by number, such as the 3rd customer or the 7th product in the order of
their keys, so the content and its hash are the same on every backend. Each record also has its key,
which is preserved if the target uses the same type of key. For all other columns see carried.py.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from django.db.models import Model
from tqdm import tqdm

from bank import queries
from bank.engine import Engine
from bank.errors import NotExported, NotWhole
from bank.models import (
    Customer,
    IdempotencyRecord,
    Key,
    Order,
    OrderLine,
    Product,
    UnfinishedCopy,
)
from bank.transfer.carried import carried, written
from bank.transfer.keys import Keys

PAGE = 1000
Contents = Iterator[tuple[Key, dict[str, Any]]]
Numbers = dict[str, Keys]
"""The keys of the records of each kind, in the order of their numbers."""


@dataclass(frozen=True)
class Record:
    """A customer, product, order or stored response: kind, key, and content without keys."""

    kind: str
    key: Key
    content: dict[str, Any]

    def line(self) -> str:
        """Return the line of the stream; amounts, and keys without a JSON type, are strings."""
        return json.dumps([self.kind, self.key, self.content], default=str, sort_keys=True)


class Digest:
    """The hash of the content of records, independent of their keys."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()

    def add(self, record: Record) -> None:
        """Add a record; the order of records matters."""
        content = json.dumps([record.kind, record.content], default=str, sort_keys=True)
        self._sha256.update(content.encode() + b"\n")

    def text(self) -> str:
        return self._sha256.hexdigest()


def records() -> Iterator[Record]:
    """Yield customers, products, orders with their lines, and stored responses, oldest first.

    Raises NotCarried for a column that would be lost.
    """
    numbers: Numbers = defaultdict(Keys)
    kinds: dict[str, Callable[[], Contents]] = {
        "customer": partial(_rows, Customer),
        "product": partial(_rows, Product),
        "order": partial(_orders, numbers),
        "answer": partial(_answers, numbers),
    }
    for kind, read in kinds.items():
        for key, content in read():
            numbers[kind].extend([key])
            yield Record(kind, key, content)


def snapshot() -> AbstractContextManager[Any]:
    """Return a transaction that reads one snapshot of the database."""
    return Engine().snapshot()


def refuse_unfinished() -> None:
    """Raise NotWhole if a copy into this database was not finished."""
    if UnfinishedCopy.objects.exists():
        raise NotWhole


def number() -> int:
    """Return the number of records."""
    return sum(m.objects.count() for m in (Customer, Product, Order, IdempotencyRecord))


def digest() -> str:
    """Return the hash of the content of this database; show a progress bar on a terminal."""
    result = Digest()
    for record in tqdm(records(), total=number(), desc="compared", unit="", disable=None):
        result.add(record)
    return result.text()


def _rows(model: type[Model]) -> Contents:
    columns = carried(model)
    for found in _all(partial(queries.some, model, tuple(columns))):
        yield found["id"], written(columns, found.__getitem__)


def _orders(numbers: Numbers) -> Contents:
    columns, of_lines = carried(Order), carried(OrderLine)
    wanted = queries.OrderColumns(tuple(columns), (), (), tuple(of_lines))
    number_of = partial(_number, numbers)
    for found in _all(partial(queries.orders, wanted)):
        try:
            lines = [
                [number_of("product", line["id"]), *written(of_lines, line.__getitem__).values()]
                for line in found["products"]
            ]
            customer = number_of("customer", found["customer"]["id"])
        except KeyError as error:
            raise NotExported(found["id"], *error.args[0]) from error
        content = {"customer": customer, "lines": lines}
        yield found["id"], content | written(columns, found.__getitem__)


def _number(numbers: Numbers, kind: str, key: Any) -> int:
    """Return the number of the record; raise KeyError with its kind and its key as text."""
    try:
        return numbers[kind].number(key)
    except KeyError as error:
        raise KeyError((kind, str(key))) from error


def _answers(numbers: Numbers) -> Contents:
    """Yield the stored responses, with numbers instead of keys."""
    columns = carried(IdempotencyRecord)
    for answer in IdempotencyRecord.objects.order_by("pk").iterator(PAGE):
        kind = answer.location.strip("/").partition("/")[0]
        body = json.loads(answer.body)
        try:
            translate(kind, body, partial(_number, numbers))
        except (KeyError, TypeError):  # of a deleted object, or not a response of this application
            body = None
        content = written(columns, partial(getattr, answer)) | {"kind": kind, "body": body}
        content["verbatim"] = None if body else [answer.location, answer.body]
        yield answer.pk, content


def translate(kind: str, body: dict[str, Any], key: Callable[[str, Any], Any]) -> None:
    """Replace each key in the body of a response by key(kind, old), in place."""
    body["id"] = key(kind, body["id"])
    if kind == "order":
        body["customer"]["id"] = key("customer", body["customer"]["id"])
        for line in body["products"]:
            line["id"] = key("product", line["id"])


def answer_text(body: dict[str, Any]) -> str:
    """Return the body of a response in the API's format."""
    return orjson.dumps(body, default=str).decode()


def _all(page: Callable[[Key | None, int], queries.Page]) -> Iterator[queries.Document]:
    found, after = page(None, PAGE)
    yield from found
    while after is not None:
        found, after = page(after, PAGE)
        yield from found
