"""Checks that all peers return the same answers and refuse the same orders."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.errors import DifferentAnswers
from benchmarks.running import Server
from benchmarks.tables import Tables
from benchmarks.works import Key, Request, Work

SCARCE = 1000  # the product that has a stock count while refusals are checked
NOBODY = 999_999_999


def check_answers(servers: Sequence[Server], works: Iterable[Work], tables: Tables) -> None:
    """Raise DifferentAnswers if any peer's answer to any work differs from the first peer's."""
    for work in works:
        count = 2 if work.products else 5
        for request in work.requests(tables.orders, count=count, key=tables.key):
            expected: Any = None
            for server in servers:
                answer = answer_of(server, request, tables)
                check_length(work, server, request, answer)
                expected = expected or answer
                if answer != expected:
                    raise difference(request, server, answer, servers[0], expected)
    for server in servers:
        check_refusals(server, tables)


def answer_of(server: Server, request: Request, tables: Tables) -> Any:
    """Return the JSON of the answer, without the id of a new order; the new order is deleted."""
    status, answer = server.ask_json(request)
    if status != 200:
        raise DifferentAnswers(f"{server.name} answers {request} with {status}: {answer}")
    if request.method == "POST":
        if tables.placed() != [answer.pop("id")]:
            raise DifferentAnswers(f"{server.name} did not place one new order: {answer}")
        tables.reset_orders()
    return answer


def check_length(work: Work, server: Server, request: Request, answer: Any) -> None:
    """Raise DifferentAnswers for a wrong number of rows: equal answers may all be empty."""
    if work.length is not None and len(answer) != work.length:
        raise DifferentAnswers(f"{server.name} answers {request.path} with {len(answer)} rows.")


def difference(
    request: Request, server: Server, answer: Any, other: Server, expected: Any
) -> DifferentAnswers:
    """Return an error that shows the beginning of both answers."""
    shown = (json.dumps(value)[:400] for value in (answer, expected))
    given, wanted = shown
    return DifferentAnswers(
        f"To {request.method} {request.path}\n"
        f"{server.name} answers {given}\nbut {other.name} {wanted}"
    )


def check_refusals(server: Server, tables: Tables) -> None:
    """Raise DifferentAnswers if the peer accepts an order that it must refuse."""
    customer, nobody = tables.key("customer", 1), tables.key("customer", NOBODY)
    product, scarce, nothing = (tables.key("product", n) for n in (1, SCARCE, NOBODY))
    tables.set_stock(SCARCE, 1)
    expect(server, 422, order_for(nobody, scarce))
    expect(server, 422, order_for(customer, scarce, nothing))
    expect(server, 409, order_for(customer, product, scarce, quantity=2))
    if tables.placed() or tables.stock(SCARCE) != 1:
        raise DifferentAnswers(f"{server.name} kept something of an order that it refused.")
    expect(server, 200, order_for(customer, scarce))
    expect(server, 409, order_for(customer, scarce))
    if tables.stock(SCARCE) != 0:
        raise DifferentAnswers(f"{server.name} did not take what it sold out of stock.")
    tables.reset_orders()
    tables.set_stock(SCARCE, None)


def order_for(customer: Key, *products: Key, quantity: int = 1) -> Request:
    items = [{"id": product, "quantity": quantity} for product in products]
    return Request("POST", "/order/", json.dumps({"customer": {"id": customer}, "products": items}))


def expect(server: Server, status: int, request: Request) -> None:
    given, body = server.ask(request)
    if given != status:
        text = body.decode(errors="replace")[:400]
        raise DifferentAnswers(
            f"{server.name} answers {request.body} with {given} instead of {status}: {text}"
        )
