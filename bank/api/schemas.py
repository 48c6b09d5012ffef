"""What comes in, with every limit, and what goes out. Unknown members are ignored."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from bank.models import MAX_AMOUNT, MAX_COUNT

AMOUNT_RULE = f"An amount is 0 to {MAX_AMOUNT}, with at most two decimals."
AMOUNT_PATTERN = r"^[0-9]{1,16}(\.[0-9]{1,2})?$"
MAX_LINES = 1000  # of an order


def amount(value: Any) -> Decimal:
    """An exact amount from a JSON number or string; raises ValueError with the rule."""
    written = isinstance(value, str) and re.fullmatch(AMOUNT_PATTERN, value)
    if not (written or type(value) in (int, Decimal)):
        raise ValueError(AMOUNT_RULE)
    try:
        number = Decimal(value)
        if 0 <= number <= MAX_AMOUNT and number == (exact := number.quantize(Decimal("0.01"))):
            return abs(exact)  # JSON knows a -0.00
    except InvalidOperation:
        pass  # more digits than a Decimal is computed with
    raise ValueError(AMOUNT_RULE)


Name = Annotated[
    # Anything with a visible character; NUL cannot be stored by PostgreSQL.
    str,
    Field(min_length=1, max_length=250, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$"),
]
Amount = Annotated[
    Decimal,
    BeforeValidator(amount),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": AMOUNT_PATTERN},
                {"type": "number", "minimum": 0, "maximum": 9999999999999, "multipleOf": 0.01},
            ],
            "description": AMOUNT_RULE,
        }
    ),
]
Count = Annotated[int, Field(strict=True, ge=0, le=MAX_COUNT)]
Quantity = Annotated[int, Field(strict=True, ge=1, le=MAX_COUNT)]
# Integers on SQL backends, strings on MongoDB; which it is, is for the database to say.
Id = Annotated[int, Field(strict=True)] | Annotated[str, Field(strict=True)]
Money = Annotated[str, Field(pattern=r"^[0-9]{1,16}\.[0-9]{2}$")]


class Input(BaseModel):
    model_config = ConfigDict(regex_engine="python-re")  # its \s is what str.strip takes away


class CustomerIn(Input):
    name: Name


class ProductIn(Input):
    name: Name
    price: Amount
    stock: Count | None = Field(None, description="Pieces left; null: not counted.")


class CustomerRef(Input):
    id: Id


class LineIn(Input):
    id: Id
    quantity: Quantity = 1


class OrderIn(Input):
    customer: CustomerRef
    products: list[LineIn] = Field(
        [],
        max_length=MAX_LINES,
        description="At most 1000 entries, those that name a product again included.",
    )
    subtotal: Amount | None = Field(None, description="Left out: computed from the prices.")


class CustomerOut(BaseModel):
    id: Id
    name: str


class ProductOut(BaseModel):
    id: Id
    name: str
    price: Money
    stock: int | None


class LineOut(BaseModel):
    id: Id
    name: str
    price: Money
    quantity: int


class OrderOut(BaseModel):
    id: Id
    subtotal: Money
    customer: CustomerOut
    products: list[LineOut]
