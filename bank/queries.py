"""What the API shows: one row by its key, or a page of rows after a key, oldest first.

A page begins after a key and never at an OFFSET: the database goes straight to its first row
instead of counting its way there, so the last page takes as long as the first. It is bounded in
rows and, for orders, in lines, so that the memory of an answer is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet

from bank.compiled import Parameter, compiled
from bank.models import Customer, Key, Order, Product

Document = dict[str, Any]
Row = tuple[Any, ...]
# Lines on a page of orders. An order has at most 1,000, so two of any size fit.
MAX_LINES = 2000

CUSTOMER = ("id", "name")
PRODUCT = ("id", "name", "price", "stock")
ORDER_LINE = (
    *("id", "subtotal", "customer_id", "customer__name"),
    *("lines__product_id", "lines__product__name", "lines__price", "lines__quantity"),
)


class Page(NamedTuple):
    """What is shown, and the key after which the next page begins: None on the last page."""

    documents: list[Document]
    next_after: Key | None


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
def _order_lines(limit: int | None = None) -> QuerySet[Any]:
    # One statement for an order and all of its lines: nobody sees an order half-written.
    orders = Order.objects.filter(pk__gte=Parameter("first"), pk__lte=Parameter("last"))
    return orders.order_by("pk", "lines__pk").values_list(*ORDER_LINE)[:limit]


def customer(pk: Key) -> Document | None:
    """The customer with this key, or None."""
    return next(iter(_customers(_one(Customer, CUSTOMER)(pk=pk))), None)


def product(pk: Key) -> Document | None:
    """The product with this key, or None."""
    return next(iter(_products(_one(Product, PRODUCT)(pk=pk))), None)


def order(pk: Key) -> Document | None:
    """The order with this key, with its lines, or None."""
    return next(_orders(_order_lines()(first=pk, last=pk)), None)


def customers(after: Key | None, limit: int) -> Page:
    """At most `limit` customers after this key."""
    rows, next_after = _rows(Customer, CUSTOMER, after, limit)
    return Page(_customers(rows), next_after)


def products(after: Key | None, limit: int) -> Page:
    """At most `limit` products after this key."""
    rows, next_after = _rows(Product, PRODUCT, after, limit)
    return Page(_products(rows), next_after)


def orders(after: Key | None, limit: int) -> Page:
    """At most `limit` orders after this key, with at most MAX_LINES lines, in two statements.

    Only the keys of the first say whether there is more: of their orders, some may have been
    deleted before the second, and others inserted between them.
    """
    rows, next_after = _rows(Order, ("id",), after, limit)
    if not rows:
        return Page([], None)
    keys = {key for (key,) in rows}
    lines = _order_lines(MAX_LINES + 1)(first=rows[0][0], last=rows[-1][0])
    found = list(_orders(lines))
    if len(lines) > MAX_LINES:
        cut = found.pop()["id"]  # it may have more lines: it is the next page's first
        if not found:  # one order alone, made without the API, has more than a page
            found = list(_orders(_order_lines()(first=cut, last=cut)))
        next_after = found[-1]["id"] if found else cut
    return Page([order for order in found if order["id"] in keys], next_after)


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


def _rows(
    model: type[Any], columns: tuple[str, ...], after: Key | None, limit: int
) -> tuple[list[Row], Key | None]:
    """At most `limit` rows, the key first, and where the next page begins; one more is read."""
    if after is None:
        rows = _first_page(model, columns, limit + 1)()
    else:
        rows = _page_after(model, columns, limit + 1)(after=after)
    more = len(rows) > limit
    return rows[:limit], rows[limit - 1][0] if more else None


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
                # MongoDB has no foreign keys: a product may be gone, and its name with it.
                {"id": product, "name": name or "", "price": price, "quantity": quantity}
                for _, _, _, _, product, name, price, quantity in lines
                # An order without lines is one row of the outer join, with nothing in here.
                if product is not None
            ],
        }
