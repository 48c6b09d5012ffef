"""The columns that clients send and receive, and the schemas of requests and responses.

Types and limits are those of the models. A PUT does not change other columns.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bank.api.from_model import Amount, Input, Output, from_model
from bank.api.ids import Id, SentId
from bank.models import MAX_COUNT, Customer, Order, OrderLine, Product
from bank.queries import OrderColumns

CUSTOMER = ("name",)
PRODUCT = ("name", "price", "stock")
ORDER = ("subtotal",)
LINE = ("price", "quantity")
PRODUCT_OF_LINE = ("name",)
ORDER_COLUMNS = OrderColumns(ORDER, CUSTOMER, PRODUCT_OF_LINE, LINE)
MAX_LINES = 1000  # of an order

Count = Annotated[int, Field(strict=True, ge=0, le=MAX_COUNT)]
Quantity = Annotated[int, Field(strict=True, ge=1, le=MAX_COUNT)]


@from_model(Customer, CUSTOMER)
class CustomerIn(Input):
    pass


@from_model(Product, PRODUCT)
class ProductIn(Input):
    stock: Count | None = Field(None, description="Pieces left; null: not counted.")


class CustomerRef(Input):
    id: SentId


class LineIn(Input):
    id: SentId
    quantity: Quantity = 1


@from_model(Order, ORDER)
class OrderIn(Input):
    customer: CustomerRef
    products: list[LineIn] = Field(
        [],
        max_length=MAX_LINES,
        description=f"At most {MAX_LINES} entries, those that name a product again included.",
    )
    subtotal: Amount | None = Field(None, description="Left out: computed from the prices.")


class Document(Output):
    id: Id


@from_model(Customer, CUSTOMER)
class CustomerOut(Document):
    pass


@from_model(Product, PRODUCT)
class ProductOut(Document):
    pass


@from_model(Product, PRODUCT_OF_LINE)
@from_model(OrderLine, LINE)
class LineOut(Document):
    pass


@from_model(Order, ORDER)
class OrderOut(Document):
    customer: CustomerOut
    products: list[LineOut]
