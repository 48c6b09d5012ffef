"""What the API shows: one row by its key, or a page of rows after a key, oldest first.

A page begins after a key and never at an OFFSET: the database goes straight to its first row
instead of counting its way there, so the last page takes as long as the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from bank.compiled import Parameter, compiled
from bank.models import Customer, Key, Order, Product

Document = dict[str, Any]
Row = tuple[Any, ...]

CUSTOMER = ("id", "name")
PRODUCT = ("id", "name", "price", "stock")
ORDER_LINE = (
    *("id", "subtotal", "customer_id", "customer__name"),
    *("lines__product_id", "lines__product__name", "lines__price", "lines__quantity"),
)


@compiled
def _one(model: type[Any], columns: tuple[str, ...]) -> QuerySet[Any]:
    return model.objects.filter(pk=Parameter("pk")).values_list(*columns)


@compiled
def _first_page(model: type[Any], columns: tuple[str, ...], limit: int) -> QuerySet[Any]:
    return model.objects.order_by("pk").values_list(*columns)[:limit]


@compiled
def _page_after(model: type[Any], columns: tuple[str, ...], limit: int) -> QuerySet[Any]:
    rows = model.objects.filter(pk__gt=Parameter("after"))
    return rows.order_by("pk").values_list(*columns)[:limit]


@compiled
def _order_lines() -> QuerySet[Any]:
    # One statement for an order and all of its lines: nobody sees an order half-written.
    orders = Order.objects.filter(pk__gte=Parameter("first"), pk__lte=Parameter("last"))
    return orders.order_by("pk", "lines__pk").values_list(*ORDER_LINE)


def customer(pk: Key) -> Document | None:
    """The customer with this key, or None."""
    return next(iter(_customers(_one(Customer, CUSTOMER)(pk=pk))), None)


def product(pk: Key) -> Document | None:
    """The product with this key, or None."""
    return next(iter(_products(_one(Product, PRODUCT)(pk=pk))), None)


def order(pk: Key) -> Document | None:
    """The order with this key, with its lines, or None."""
    return next(_orders(_order_lines()(first=pk, last=pk)), None)


def customers(after: Key | None, limit: int) -> list[Document]:
    """At most `limit` customers after this key."""
    return _customers(_page(Customer, CUSTOMER, after, limit))


def products(after: Key | None, limit: int) -> list[Document]:
    """At most `limit` products after this key."""
    return _products(_page(Product, PRODUCT, after, limit))


def orders(after: Key | None, limit: int) -> list[Document]:
    """At most `limit` orders after this key, with their lines, in two statements."""
    keys = _page(Order, ("id",), after, limit)
    if not keys:
        return []
    (first,), (last,) = keys[0], keys[-1]
    # An order that was committed between the two statements may have joined them.
    return list(_orders(_order_lines()(first=first, last=last)))[:limit]


def new_order(order: Order, customer: Document) -> Document:
    """An order that was just filled, without reading it again."""
    lines = [
        {
            "id": line.product_id,
            "name": line.product.name,
            "price": line.price,
            "quantity": line.quantity,
        }
        for line in order.filled_lines
    ]
    return {"id": order.pk, "subtotal": order.subtotal, "customer": customer, "products": lines}


def _page(model: type[Any], columns: tuple[str, ...], after: Key | None, limit: int) -> list[Row]:
    if after is None:
        return _first_page(model, columns, limit)()
    return _page_after(model, columns, limit)(after=after)


def _customers(rows: Iterable[Row]) -> list[Document]:
    return [{"id": pk, "name": name} for pk, name in rows]


def _products(rows: Iterable[Row]) -> list[Document]:
    return [
        {"id": pk, "name": name, "price": price, "stock": stock} for pk, name, price, stock in rows
    ]


def _orders(rows: Iterable[Row]) -> Iterator[Document]:
    for pk, group in groupby(rows, key=itemgetter(0)):
        lines = list(group)
        _, subtotal, customer, customer_name, *_ = lines[0]
        yield {
            "id": pk,
            "subtotal": subtotal,
            "customer": {"id": customer, "name": customer_name},
            "products": [
                {"id": product, "name": name, "price": price, "quantity": quantity}
                for _, _, _, _, product, name, price, quantity in lines
                # An order without lines is one row of the outer join, with nothing in here.
                if product is not None
            ],
        }
