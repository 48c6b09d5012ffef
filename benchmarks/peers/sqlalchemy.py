"""FastAPI and SQLAlchemy 2 async, optimized: eager loading, a pool, JSON by orjson."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

import asyncpg
import orjson
from fastapi import FastAPI, Query, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, Field, PositiveInt
from sqlalchemy import ForeignKey, Numeric, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)


async def connect(*_: Any, **__: Any) -> asyncpg.Connection:
    """Connect with the original URL: a rewritten one may lose sockets and options."""
    return await asyncpg.connect(os.environ["POSTGRESQL_URL"])


engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, pool_size=8)
# Reads are single statements that need no BEGIN and ROLLBACK around them.
reading = async_sessionmaker(engine.execution_options(isolation_level="AUTOCOMMIT"))
writing = async_sessionmaker(
    engine.execution_options(isolation_level="SERIALIZABLE"), expire_on_commit=False
)


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Product(Base):
    __tablename__ = "products"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    price: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    stock: Mapped[int | None]


class OrderLine(Base):
    __tablename__ = "order_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    quantity: Mapped[int]
    price: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    product: Mapped[Product] = relationship()


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    subtotal: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    customer: Mapped[Customer] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(order_by=OrderLine.id)


Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]


class Reference(BaseModel):
    id: PositiveInt


class Quantity(Reference):
    quantity: PositiveInt = 1


class NewOrder(BaseModel):
    customer: Reference
    products: list[Quantity]
    subtotal: Amount | None = None


class Refused(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


Limit = Annotated[int, Query(ge=1, le=1000)]
app = FastAPI()


def json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


@app.exception_handler(Refused)
async def refuse(request: Request, refused: Refused) -> Response:
    return json({"detail": str(refused)}, refused.status)


def order_as_dict(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "subtotal": f"{order.subtotal:.2f}",
        "customer": {"id": order.customer.id, "name": order.customer.name},
        "products": [
            {
                "id": line.product_id,
                "name": line.product.name,
                "price": str(line.price),
                "quantity": line.quantity,
            }
            for line in order.lines
        ],
    }


@app.get("/ping/")
async def ping() -> Response:
    return PlainTextResponse("python/django")


@app.get("/customer/{id}/")
async def one_customer(id: int) -> Response:
    async with reading() as session:
        customer = await session.get(Customer, id)
    if customer is None:
        raise Refused(404, "No such customer.")
    return json({"id": customer.id, "name": customer.name})


@app.get("/customer/")
async def customers(limit: Limit = 100, after: int = 0) -> Response:
    # Columns instead of objects, because the identity map is not needed.
    page = select(Customer.id, Customer.name).where(Customer.id > after)
    async with reading() as session:
        rows = await session.execute(page.order_by(Customer.id).limit(limit))
    return json([{"id": id, "name": name} for id, name in rows])


@app.get("/order/")
async def orders(limit: Limit = 100, after: int = 0) -> Response:
    page = (
        select(Order)
        .options(
            joinedload(Order.customer, innerjoin=True),
            selectinload(Order.lines).joinedload(OrderLine.product, innerjoin=True),
        )
        .where(Order.id > after)
        .order_by(Order.id)
        .limit(limit)
    )
    async with reading() as session:
        return json([order_as_dict(order) for order in await session.scalars(page)])


@app.post("/order/")
async def create_order(new: NewOrder, attempts: int = 20) -> Response:
    for attempt in range(attempts):
        try:
            async with writing() as session, session.begin():
                order = await place(session, new)
            return json(order_as_dict(order))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != "40001" or attempt + 1 == attempts:
                raise
            await asyncio.sleep(random.uniform(0, 0.005 * 2 ** min(attempt, 6)))
    raise AssertionError("unreachable")


async def place(session: AsyncSession, new: NewOrder) -> Order:
    quantities = {item.id: item.quantity for item in new.products}
    customer = await session.get(Customer, new.customer.id)
    wanted = select(Product).where(Product.id.in_(quantities))
    products = {product.id: product for product in await session.scalars(wanted)}
    if customer is None or len(products) < len(quantities):
        raise Refused(422, "No such customer or product.")
    take_stock(products.values(), quantities)
    lines = [
        OrderLine(product=products[id], quantity=quantity, price=products[id].price)
        for id, quantity in quantities.items()
    ]
    subtotal = new.subtotal
    if subtotal is None:
        subtotal = sum((line.price * line.quantity for line in lines), Decimal(0))
    order = Order(customer=customer, subtotal=subtotal, lines=lines)
    session.add(order)
    return order


def take_stock(products: Sequence[Product] | Any, quantities: dict[int, int]) -> None:
    for product in products:
        if product.stock is not None:
            if product.stock < quantities[product.id]:
                raise Refused(409, "Not enough stock.")
            product.stock -= quantities[product.id]
