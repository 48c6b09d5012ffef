"""The least possible work per request: a WSGI function, psycopg 3, prepared statements.

This is not a way to write applications: it is the lower bound for the time of the others.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson
import psycopg

CUSTOMER = "select id, name from customers where id = %s"
CUSTOMERS = "select id, name from customers where id > %s order by id limit %s"
ORDERS = """
    select o.id, o.subtotal::text, c.id, c.name
    from orders o join customers c on c.id = o.customer_id
    where o.id > %s order by o.id limit %s
"""
LINES = """
    select l.order_id, p.id, p.name, l.price::text, l.quantity
    from order_lines l join products p on p.id = l.product_id
    where l.order_id = any(%s) order by l.id
"""
# One statement is one transaction, so no BEGIN and COMMIT are needed. It returns either a row whose
# `refusal` says why nothing was written, or a row for each line of the new order.
PLACE = """
    with wanted as (
        select * from unnest(%(products)s::bigint[], %(quantities)s::integer[]) as w (id, quantity)
    ), customer as (
        select id, name from customers where id = %(customer)s
    ), found as (
        select p.id, p.name, p.price, p.stock, w.quantity from wanted w join products p using (id)
    ), checked as (
        select case
            when not exists (select from customer) then 422
            when (select count(*) from found) < (select count(*) from wanted) then 422
            when exists (select from found where stock < quantity) then 409
        end as refusal
    ), placed as (
        insert into orders (customer_id, subtotal)
        select customer.id,
            coalesce(%(subtotal)s::numeric, (select sum(price * quantity) from found))
        from checked, customer where refusal is null
        returning id, subtotal
    ), taken as (
        update products p set stock = p.stock - f.quantity
        from found f, placed where p.id = f.id and p.stock is not null
    ), lines as (
        insert into order_lines (order_id, product_id, quantity, price)
        select placed.id, f.id, f.quantity, f.price from placed, found f order by f.id
    )
    select refusal, placed.id, placed.subtotal::text, customer.id, customer.name,
        f.id, f.name, f.price::text, f.quantity
    from checked
    left join placed on true left join customer on true left join found f on true
    order by f.id
"""
STATUS = {
    200: "200 OK", 404: "404 Not Found", 409: "409 Conflict", 422: "422 Unprocessable Content",
}  # fmt: skip
Answer = tuple[int, Any]
ISOLATION = {"read": r"read\ committed", "order": "serializable"}
local = threading.local()


def connection(purpose: str) -> psycopg.Connection:
    """Return this thread's persistent connection for that purpose."""
    if not hasattr(local, purpose):
        options = f"-c default_transaction_isolation={ISOLATION[purpose]}"
        made = psycopg.connect(
            os.environ["POSTGRESQL_URL"], autocommit=True, prepare_threshold=0, options=options
        )
        setattr(local, purpose, made)
    return getattr(local, purpose)


def read(statement: str, *parameters: int | list[int]) -> list[tuple[Any, ...]]:
    return connection("read").execute(statement, parameters).fetchall()


def one_customer(id: int) -> Answer:
    rows = read(CUSTOMER, id)
    return (200, {"id": rows[0][0], "name": rows[0][1]}) if rows else (404, {"detail": "Not found"})


def customers(after: int, limit: int) -> Answer:
    return 200, [{"id": id, "name": name} for id, name in read(CUSTOMERS, after, limit)]


def orders(after: int, limit: int) -> Answer:
    found = {row[0]: order_as_dict(row) for row in read(ORDERS, after, limit)}
    for order, *line in read(LINES, list(found)):
        found[order]["products"].append(line_as_dict(line))
    return 200, list(found.values())


def order_as_dict(row: Sequence[Any]) -> dict[str, Any]:
    id, subtotal, customer, name = row
    return {
        "id": id,
        "subtotal": subtotal,
        "customer": {"id": customer, "name": name},
        "products": [],
    }


def line_as_dict(row: Sequence[Any]) -> dict[str, Any]:
    id, name, price, quantity = row
    return {"id": id, "name": name, "price": price, "quantity": quantity}


def create_order(new: dict[str, Any], attempts: int = 50) -> Answer:
    parameters = {
        "customer": new["customer"]["id"],
        "subtotal": new.get("subtotal"),
        "products": [item["id"] for item in new["products"]],
        "quantities": [item["quantity"] for item in new["products"]],
    }
    for attempt in range(attempts):
        try:
            rows = connection("order").execute(PLACE, parameters).fetchall()
        except psycopg.errors.SerializationFailure:
            # A short pause is enough: concurrent orders conflict at COMMIT, where the foreign key
            # check reads the index page of `orders` that all of them write to.
            time.sleep(random.uniform(0, 0.001 * 2 ** min(attempt, 4)))
        else:
            if refusal := rows[0][0]:
                return refusal, None
            return 200, order_as_dict(rows[0][1:5]) | {
                "products": [line_as_dict(row[5:]) for row in rows]
            }
    raise RuntimeError("The database kept refusing the order.")


def respond(environ: dict[str, Any]) -> Answer:
    path = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] == "POST":
        return create_order(orjson.loads(environ["wsgi.input"].read()))
    if path == "/ping/":
        return 200, "python/django"
    if path not in ("/customer/", "/order/"):
        return one_customer(int(path.split("/")[2]))
    query = dict(parse_qsl(environ["QUERY_STRING"]))
    page = int(query.get("after", 0)), int(query.get("limit", 100))
    return customers(*page) if path == "/customer/" else orders(*page)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    status, content = respond(environ)
    start_response(STATUS[status], [("Content-Type", "application/json")])
    return [orjson.dumps(content)]
