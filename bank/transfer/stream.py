"""Reads and checks, line by line, the stream that bank_export writes (bank/transfer/export.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, BinaryIO, Literal

from django.db.models import Model
from pydantic import BaseModel, Field, Json, StrictInt, StrictStr, TypeAdapter, create_model

from bank.errors import CopyDiffers, CopyEnded, EmptyInput, WrongLine
from bank.fields import AMOUNT_PATTERN
from bank.models import Customer, IdempotencyRecord, Order, OrderLine, Product
from bank.transfer.carried import carried
from bank.transfer.export import Digest, Record

Amount = Annotated[StrictStr, Field(pattern=AMOUNT_PATTERN)]
Number = Annotated[StrictInt, Field(ge=0, lt=2**63)]
Name = Annotated[StrictStr, Field(min_length=1, max_length=250)]
KeyOfRecord = Annotated[StrictInt, Field(ge=-(2**63), lt=2**63)] | StrictStr
LIMITS: dict[tuple[type[Model], str], Any] = {  # of columns with a smaller range than their type
    (Customer, "name"): Name,
    (Product, "name"): Name,
    (Product, "price"): Amount,
    (Product, "stock"): Number | None,
    (Order, "subtotal"): Amount,
    (OrderLine, "price"): Amount,
    (OrderLine, "quantity"): Annotated[StrictInt, Field(ge=1, lt=2**31)],
}
FIRST: TypeAdapter[Any] = TypeAdapter(dict[Literal["records"], Number])
LAST: TypeAdapter[Any] = TypeAdapter(dict[Literal["hash"], StrictStr])


class Content(BaseModel, extra="forbid"):
    """The content of a record: all members are required, others are refused."""


def record_type() -> TypeAdapter[Any]:
    """Return the type of a line of the stream; raise NotCarried for a column that would be lost."""
    line: Any = tuple[Number, *_types(OrderLine).values()]  # type: ignore[misc]
    verbatim = tuple[StrictStr, Json[dict[str, Any]]] | None  # the location and the body, as stored
    answer = {"kind": StrictStr, "body": dict[str, Any] | None, "verbatim": verbatim}
    order = {"customer": Number, "lines": list[line]}
    return TypeAdapter(
        _record("customer", _types(Customer))
        | _record("product", _types(Product))
        | _record("order", order | _types(Order))
        | _record("answer", answer | _types(IdempotencyRecord))
    )


def _types(model: type[Model]) -> dict[str, Any]:
    return {name: LIMITS.get((model, name), form.type) for name, form in carried(model).items()}


def _record(kind: str, members: dict[str, Any]) -> Any:
    required: dict[str, Any] = {name: (member, ...) for name, member in members.items()}
    content = create_model(kind, __base__=Content, **required)
    return tuple[Literal[kind], KeyOfRecord, content]  # type: ignore[valid-type]


class Source:
    """The records of a stream, their expected number, and their expected hash.

    Raises WrongLine for a line that bank_export would not write.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.number = 1  # of the line that was read last
        if not (first := stream.readline()):
            raise EmptyInput
        expected = "the number of records"
        self.count = self._read(first, FIRST, expected).get("records", -1)
        if self.count < 0:
            raise WrongLine(1, expected)
        self.expected: str | None = None
        self.read = Digest()
        self.line = record_type()

    def records(self) -> Iterator[Record]:
        """Yield all records; raise CopyEnded if the last line, with the hash, is missing."""
        for line in self.stream:
            self.number += 1
            if line.startswith(b"{"):
                self.expected = self._read(line, LAST, "a hash").get("hash")
                if self.number != self.count + 2:
                    raise CopyDiffers
                return
            record = Record(*self._read(line, self.line, "a record"))
            self.read.add(record)
            yield record
        raise CopyEnded

    def _read(self, line: bytes, form: TypeAdapter[Any], expected: str) -> Any:
        try:
            found = json.loads(line.decode())
            form.validate_python(found)
        except (ValueError, RecursionError) as error:
            raise WrongLine(self.number, expected) from error
        return found
