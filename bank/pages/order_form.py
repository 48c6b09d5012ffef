"""What the form of an order offers: customers, and products with the quantity of each."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest

from bank.pages.client import Answer, call
from bank.queries import Document

CHOICES = 100  # customers and products
LONGEST = 500  # lines of an order that its form can change: Django limits the fields of a form


def choices(
    request: HttpRequest, *, values: Any, current: Answer | None = None, **_: Any
) -> dict[str, Any]:
    """Return the customers and the lines of the form of an order."""
    customers = call(request, "GET", f"/customer/?limit={CHOICES}")
    products = call(request, "GET", f"/product/?limit={CHOICES}")
    chosen = values.get("customer", "")
    offered = list(customers.document) if customers.ok else []
    if chosen and chosen not in {str(customer["id"]) for customer in offered}:
        one = call(request, "GET", f"/customer/{quote(chosen, safe='')}/")
        offered += [one.document] if one.ok else []
    lines = current.document["products"] if current else []
    rows = _lines(lines, products.document if products.ok else [], values)
    return {"customers": offered, "lines": rows, "is_long": len(lines) > LONGEST}


def _lines(ordered: list[Document], offered: list[Document], values: Any) -> list[Document]:
    """Return the products, those of the order first, each with the quantity in the form."""
    stocks = {product["id"]: product["stock"] for product in offered}
    known = {line["id"] for line in ordered}
    products = [*ordered, *(product for product in offered if product["id"] not in known)]
    return [
        {
            **product,
            "stock": stocks.get(product["id"], ""),
            "quantity": values.get(f"quantity-{product['id']}", ""),
        }
        for product in products
    ]
