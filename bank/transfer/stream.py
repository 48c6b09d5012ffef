"""What bank_export wrote, read line by line and checked: see bank/transfer/export.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, BinaryIO, Literal

from pydantic import BaseModel, Field, StrictInt, StrictStr, TypeAdapter

from bank.errors import CopyDiffers, CopyEnded, EmptyInput, WrongLine
from bank.transfer.export import Digest, Record

Amount = Annotated[StrictStr, Field(pattern=r"^[0-9]{1,16}(\.[0-9]{1,2})?$")]
Number = Annotated[StrictInt, Field(ge=0, lt=2**63)]
Name = Annotated[StrictStr, Field(min_length=1, max_length=250)]
KeyOfRecord = Annotated[StrictInt, Field(ge=-(2**63), lt=2**63)] | StrictStr


class Content(BaseModel, extra="forbid"):
    """What a record says."""


class CustomerContent(Content):
    name: Name


class ProductContent(Content):
    name: Name
    price: Amount
    stock: Number | None


class OrderContent(Content):
    customer: Number
    subtotal: Amount
    lines: list[tuple[Number, Amount, Annotated[StrictInt, Field(ge=1, lt=2**31)]]]


class AnswerContent(Content):
    client: StrictStr
    key: StrictStr
    request: StrictStr
    created: StrictStr
    kind: StrictStr
    body: dict[str, Any] | None
    verbatim: tuple[StrictStr, StrictStr] | None


LINE: TypeAdapter[Any] = TypeAdapter(
    tuple[Literal["customer"], KeyOfRecord, CustomerContent]
    | tuple[Literal["product"], KeyOfRecord, ProductContent]
    | tuple[Literal["order"], KeyOfRecord, OrderContent]
    | tuple[Literal["answer"], KeyOfRecord, AnswerContent]
)
FIRST: TypeAdapter[Any] = TypeAdapter(dict[Literal["records"], Number])
LAST: TypeAdapter[Any] = TypeAdapter(dict[Literal["hash"], StrictStr])


class Source:
    """The records, how many there should be, and the hash they should have.

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

    def records(self) -> Iterator[Record]:
        """All of them; raises CopyEnded without the last line, which has the hash."""
        for line in self.stream:
            self.number += 1
            if line.startswith(b"{"):
                self.expected = self._read(line, LAST, "a hash").get("hash")
                if self.number != self.count + 2:
                    raise CopyDiffers
                return
            record = Record(*self._read(line, LINE, "a record"))
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
