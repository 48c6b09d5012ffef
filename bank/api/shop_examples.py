"""The examples of customers, products and orders: what a person would write.

Their ids are those of rows that exist. What an example of DELETE deletes is in no other example, so
that the operations succeed in any order.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, NamedTuple

from django.db import DatabaseError, InterfaceError, models

from bank import queries
from bank.api.examples import Example, add_examples
from bank.api.ids import id_schema, written
from bank.api.responses import json_response
from bank.api.schemas import CUSTOMER, ORDER_COLUMNS, PRODUCT
from bank.models import Customer, Key, Order, OrderLine, Product

CARL = {"name": "Carl"}
TICKET = {"name": "Ticket", "price": "19.90", "stock": 100}
CANDIDATES = 20  # oldest rows among which one that no order has is looked for


class Keys(NamedTuple):
    """Keys of rows, and of others that no order refers to."""

    customer: Key
    product: Key
    order: Key
    unused_customer: Key
    unused_product: Key
    other_order: Key


def add_shop_examples(schema: Any) -> None:
    """Add the examples to /openapi.json."""
    add_examples(schema, _examples(keys_of_rows()))


def _examples(keys: Keys) -> dict[str, Example]:
    placed = {
        "customer": {"id": written(keys.customer)},
        "products": [{"id": written(keys.product), "quantity": 2}],
    }
    return {
        **_of("customer", CARL, _customer(keys), keys.customer, keys.unused_customer),
        **_of("product", TICKET, _product(keys), keys.product, keys.unused_product),
        **_of("order", placed, _order(keys), keys.order, keys.other_order),
        "GET /ping/": Example(response="python/django"),
        "GET /health/": Example(
            response={
                "backend": "postgresql",
                "server": "PostgreSQL 18.6",
                "ok": True,
                "transactions": {"committed": 7, "retried": 1, "refused": 0, "ambiguous": 0},
            }
        ),
    }


def _of(kind: str, body: Any, document: Any, key: Key, deleted: Key) -> dict[str, Example]:
    one = {"pk": written(key)}
    shown = json.loads(json_response(document).content)
    return {
        f"GET /{kind}/": Example({"after": str(key)}, response=[shown]),
        f"POST /{kind}/": Example(body=body, response=shown),
        f"GET /{kind}/{{pk}}/": Example(one, response=shown),
        f"PUT /{kind}/{{pk}}/": Example(one, body, shown),
        f"DELETE /{kind}/{{pk}}/": Example({"pk": written(deleted)}),
    }


def _customer(keys: Keys) -> queries.Document:
    return queries.document(Customer(pk=keys.customer, **CARL), CUSTOMER)


def _product(keys: Keys) -> queries.Document:
    return queries.document(Product(pk=keys.product, **TICKET), PRODUCT)


def _order(keys: Keys) -> queries.Document:
    order = Order(pk=keys.order, subtotal="39.80")
    product = Product(pk=keys.product, **TICKET)
    order.filled_lines = [OrderLine(product=product, price=product.price, quantity=2)]
    return queries.new_order(ORDER_COLUMNS, order, _customer(keys))


def keys_of_rows() -> Keys:
    """Return keys of the oldest rows: of an order, and of rows that can be deleted.

    Where there are none, or no database, they are any keys of the type. No statement joins tables:
    a join took SecantusDB 24 seconds with 20,000 orders.
    """
    with suppress(DatabaseError, InterfaceError):
        order, product = _first(OrderLine.objects.all(), "order", "product")
        [customer] = _first(Order.objects.filter(pk=order), "customer")
        [other_order] = _first(Order.objects.exclude(pk=order), "pk")
        unused_customer = _unused(Customer, Order.objects.all(), "customer")
        unused_product = _unused(Product, OrderLine.objects.all(), "product")
        return Keys(customer, product, order, unused_customer, unused_product, other_order)
    return Keys(*[_any_key()] * len(Keys._fields))


def _first(rows: models.QuerySet[Any], *columns: str) -> tuple[Any, ...]:
    return rows.order_by("pk").values_list(*columns).first() or (_any_key(),) * len(columns)


def _unused(model: Any, used_by: models.QuerySet[Any], column: str) -> Key:
    keys = model.objects.order_by("pk").values_list("pk", flat=True)[:CANDIDATES]
    unused = (key for key in keys if not used_by.filter(**{column: key}).exists())
    return next(unused, _any_key())


def _any_key() -> Key:
    return {"integer": 1, "string": "0" * 24}[id_schema(Customer)["type"]]
