"""How tests speak to the API: as a client does, in JSON over HTTP."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client


class Api:
    """Short forms of the calls that most tests begin with."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.client.get(path, headers=headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.client.post(path, _text(body), "application/json", headers=headers)

    def put(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.client.put(path, _text(body), "application/json", headers=headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.client.delete(path, headers=headers)

    def customer(self, name: str = "Carl") -> Any:
        return self.post("/customer/", {"name": name}).json()

    def product(self, name: str = "Pen", price: str = "1.20", stock: int | None = None) -> Any:
        return self.post("/product/", {"name": name, "price": price, "stock": stock}).json()

    def order(self, customer: Any, *lines: Any) -> Any:
        """Order these products; a pair is a product and its quantity."""
        response = self.post("/order/", {"customer": customer, "products": [_line(x) for x in lines]})
        assert response.status_code == 200, response.content
        return response.json()

    def stock(self, product: Any) -> int | None:
        return self.get(f"/product/{product['id']}/").json()["stock"]


def _line(wanted: Any) -> Any:
    product, quantity = wanted if isinstance(wanted, tuple) else (wanted, 1)
    return {"id": product["id"], "quantity": quantity}


def _text(body: Any) -> str | bytes:
    return body if isinstance(body, str | bytes) else json.dumps(body)
