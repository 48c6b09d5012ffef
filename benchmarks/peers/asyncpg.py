"""FastAPI and asyncpg: handwritten SQL, two queries for a page of orders, JSON by orjson."""

from __future__ import annotations

import asyncio
import os
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Annotated, Any

import asyncpg
import orjson
from fastapi import FastAPI, Query, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, Field, PositiveInt

# Amounts are returned as text: PostgreSQL formats them as in the answer, without a Decimal.
ORDERS = """
    select o.id, o.subtotal::text, c.id, c.name
    from orders o join customers c on c.id = o.customer_id
    where o.id > $1 order by o.id limit $2
"""
LINES = """
    select l.order_id, p.id, p.name, l.price::text, l.quantity
    from order_lines l join products p on p.id = l.product_id
    where l.order_id = any($1) order by l.id
"""
INSERT_LINES = """
    insert into order_lines (order_id, product_id, quantity, price)
    select $1, * from unnest($2::bigint[], $3::integer[], $4::numeric[])
"""


async def leave_as_it_is(connection: asyncpg.Connection) -> None:
    """Does not reset connections between requests, because no request changes their state."""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(
        os.environ["POSTGRESQL_URL"], min_size=2, max_size=8, reset=leave_as_it_is
    )
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)
Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
Limit = Annotated[int, Query(ge=1, le=1000)]


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


def json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


@app.exception_handler(Refused)
async def refuse(request: Request, refused: Refused) -> Response:
    return json({"detail": str(refused)}, refused.status)


@app.get("/ping/")
async def ping() -> Response:
    return PlainTextResponse("python/django")


@app.get("/customer/{id}/")
async def one_customer(id: int) -> Response:
    row = await app.state.pool.fetchrow("select id, name from customers where id = $1", id)
    if row is None:
        raise Refused(404, "No such customer.")
    return json({"id": row[0], "name": row[1]})


@app.get("/customer/")
async def customers(limit: Limit = 100, after: int = 0) -> Response:
    page = "select id, name from customers where id > $1 order by id limit $2"
    rows = await app.state.pool.fetch(page, after, limit)
    return json([{"id": id, "name": name} for id, name in rows])


@app.get("/order/")
async def orders(limit: Limit = 100, after: int = 0) -> Response:
    async with app.state.pool.acquire() as connection:
        rows = await connection.fetch(ORDERS, after, limit)
        lines = await connection.fetch(LINES, [row[0] for row in rows])
    products = defaultdict(list)
    for order, *line in lines:
        products[order].append(line)
    return json(
        [
            order_as_dict(id, subtotal, customer, name, products[id])
            for id, subtotal, customer, name in rows
        ]
    )


def order_as_dict(
    id: int, subtotal: str, customer: int, customer_name: str, lines: Iterable[Any]
) -> dict[str, Any]:
    return {
        "id": id,
        "subtotal": subtotal,
        "customer": {"id": customer, "name": customer_name},
        "products": [
            {"id": product, "name": name, "price": price, "quantity": quantity}
            for product, name, price, quantity in lines
        ],
    }


@app.post("/order/")
async def create_order(new: NewOrder, attempts: int = 20) -> Response:
    async with app.state.pool.acquire() as connection:
        for attempt in range(attempts):
            try:
                async with connection.transaction(isolation="serializable"):
                    order = await place(connection, new)
                return json(order)
            except asyncpg.SerializationError:
                if attempt + 1 == attempts:
                    raise
                await asyncio.sleep(random.uniform(0, 0.005 * 2 ** min(attempt, 6)))
    raise AssertionError("unreachable")


async def place(connection: asyncpg.Connection, new: NewOrder) -> dict[str, Any]:
    quantities = {item.id: item.quantity for item in new.products}
    name = await connection.fetchval("select name from customers where id = $1", new.customer.id)
    rows = await connection.fetch(
        "select id, name, price, stock from products where id = any($1) order by id",
        list(quantities),
    )
    if name is None or len(rows) < len(quantities):
        raise Refused(422, "No such customer or product.")
    await take_stock(connection, rows, quantities)
    lines = [(row["id"], row["name"], row["price"], quantities[row["id"]]) for row in rows]
    subtotal = new.subtotal
    if subtotal is None:
        subtotal = sum((price * quantity for _, _, price, quantity in lines), Decimal(0))
    order = await connection.fetchval(
        "insert into orders (customer_id, subtotal) values ($1, $2) returning id",
        new.customer.id, subtotal,
    )  # fmt: skip
    ids, _, prices, numbers = zip(*lines, strict=True)
    await connection.execute(INSERT_LINES, order, ids, numbers, prices)
    shown = [(id, name, str(price), quantity) for id, name, price, quantity in lines]
    return order_as_dict(order, f"{subtotal:.2f}", new.customer.id, name, shown)


async def take_stock(
    connection: asyncpg.Connection, rows: Iterable[asyncpg.Record], quantities: dict[int, int]
) -> None:
    counted = [row for row in rows if row["stock"] is not None]
    for row in counted:
        if row["stock"] < quantities[row["id"]]:
            raise Refused(409, "Not enough stock.")
    for row in counted:
        # The stock has not changed since it was read: the transaction is SERIALIZABLE.
        await connection.execute(
            "update products set stock = stock - $2 where id = $1", row["id"], quantities[row["id"]]
        )
