"""The client of the tests: it calls the API with JSON over HTTP."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection
from django.http import HttpResponse
from django.test import Client

from bank.transactions.retry import retries_here

R = TypeVar("R")


class Api:
    """Short methods for the calls that most tests need."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> HttpResponse:
        return watched(lambda: self.client.get(path, headers=headers))

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        text = _text(body)
        return watched(lambda: self.client.post(path, text, "application/json", headers=headers))

    def put(self, path: str, body: Any, **headers: str) -> HttpResponse:
        text = _text(body)
        return watched(lambda: self.client.put(path, text, "application/json", headers=headers))

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return watched(lambda: self.client.delete(path, headers=headers))

    def customer(self, name: str = "Carl") -> Any:
        return self.post("/customer/", {"name": name}).json()

    def product(self, name: str = "Pen", price: str = "1.20", stock: int | None = None) -> Any:
        return self.post("/product/", {"name": name, "price": price, "stock": stock}).json()

    def order(self, customer: Any, *lines: Any) -> Any:
        """Order these products; a pair is a product and its quantity."""
        response = self.post(
            "/order/", {"customer": customer, "products": [_line(x) for x in lines]}
        )
        assert response.status_code == 200, response.content
        return response.json()

    def body(self, kind: str) -> Any:
        """Return a valid body for POST and PUT of this kind: "customer", "product" or "order"."""
        if kind == "customer":
            return {"name": "Dora"}
        if kind == "product":
            return {"name": "Cup", "price": "3.00", "stock": 7}
        return {"customer": self.customer(), "products": [self.product()]}

    def some(self, kind: str) -> Any:
        """Create an object of this kind and return it."""
        return self.post(f"/{kind}/", self.body(kind)).json()

    def gone(self, kind: str) -> Any:
        """Return a valid id that no object has, because its object was deleted."""
        key = self.some(kind)["id"]
        assert self.delete(f"/{kind}/{key}/").status_code == 204
        return key

    def list(self, path: str) -> Any:
        response = self.get(path)
        assert response.status_code == 200, response.content
        return response.json()

    def stock(self, product: Any) -> int | None:
        return self.get(f"/product/{product['id']}/").json()["stock"]


def problem(response: HttpResponse, status: int) -> Any:
    """Return the problem document (RFC 9457) of this response, which must have this status."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    document = response.json()
    assert (document["type"], document["status"]) == ("about:blank", status)
    assert document["title"] and document["detail"]
    return document


def pointers(response: HttpResponse) -> list[str]:
    """Return the pointers of this 422 to members of the body, without duplicates."""
    return list(dict.fromkeys(error["pointer"] for error in problem(response, 422)["errors"]))


def watched(request: Callable[[], R]) -> R:
    """Make a request; fail if it executes the same statement twice (ripple load).

    Statements that differ only in their values are the same, in order to find a query per row.
    Exempt are retried transactions, and BEGIN, because expired answers are deleted in a separate
    transaction.
    """
    seen: Counter[str] = Counter()

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        seen[sql] += 1
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        response = request()
    repeated = [
        sql for sql, times in seen.items() if times > 1 and not str(sql).startswith("BEGIN")
    ]
    assert not repeated or retries_here.get(), f"ripple load: {repeated}"
    return response


def _line(wanted: Any) -> Any:
    product, quantity = wanted if isinstance(wanted, tuple) else (wanted, 1)
    return {"id": product["id"], "quantity": quantity}


def _text(body: Any) -> str | bytes:
    return body if isinstance(body, str | bytes) else json.dumps(body)
