"""What the pages show of customers, products and orders, and the bodies that their forms send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from bank.api.ids import key_of
from bank.models import Customer, Order, Product

Form = Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """One kind of rows: its address in the API is /NAME/."""

    name: str
    one: str
    """The name with its article."""
    plural: str
    model: type[Model]
    body: Callable[[Form], dict[str, Any]]
    searched: str
    """The look-up of the search box."""


def customer(form: Form) -> dict[str, Any]:
    return {"name": form.get("name", "")}


def product(form: Form) -> dict[str, Any]:
    stock = form.get("stock", "").strip()
    return {
        "name": form.get("name", ""),
        "price": form.get("price", "").strip(),
        "stock": number(stock) if stock else None,
    }


def order(form: Form) -> dict[str, Any]:
    """Return an order of the products whose quantities are in the fields quantity-ID."""
    wanted = {
        name.removeprefix("quantity-"): text.strip()
        for name, text in form.items()
        if name.startswith("quantity-") and text.strip() not in ("", "0")
    }
    lines = [{"id": key(Product, pk), "quantity": number(text)} for pk, text in wanted.items()]
    return {"customer": {"id": key(Customer, form.get("customer", ""))}, "products": lines}


def number(text: str) -> int | str:
    """Return the number, or the text that is none, which the API refuses with a reason."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else text


def key(model: type[Model], text: str) -> int | str:
    """Return the id as JSON has it: a number in SQL databases, a string in MongoDB."""
    try:
        found = key_of(model, text)
    except ValueError:
        return text
    return found if isinstance(found, int) else text


KINDS = {
    kind.name: kind
    for kind in (
        Kind("customer", "a customer", "customers", Customer, customer, "name__icontains"),
        Kind("product", "a product", "products", Product, product, "name__icontains"),
        Kind("order", "an order", "orders", Order, order, "customer__name__icontains"),
    )
}
