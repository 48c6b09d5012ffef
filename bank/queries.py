"""Reads documents from the database: one by its key, or a page after a key, oldest first.

A page begins after a key and never at an OFFSET, so the database finds its first row in the index
and the last page takes as long as the first. The number of rows, and of the lines of orders, is
limited, so that the memory of a response is limited.
"""

# ruff: noqa: B905 - zip() stops at the shorter on purpose: a row goes on after a document's columns

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet

from bank.compiled import Parameter, compiled
from bank.models import Key, Order

Document = dict[str, Any]
Row = tuple[Any, ...]
# Lines on a page of orders. An order has at most 1,000, so any two orders fit.
MAX_LINES = 2000

Columns = tuple[str, ...]
"""Names of columns of a model, without the id, which every document has."""


class OrderColumns(NamedTuple):
    """The columns of an order, its customer, the products of its lines, and the lines."""

    order: Columns
    customer: Columns
    product: Columns
    line: Columns


class Page(NamedTuple):
    """Documents, and the key after which the next page begins: None on the last page."""

    documents: list[Document]
    next_after: Key | None


@compiled
def _one(model: type[Any], columns: Columns) -> QuerySet[Any]:
    return model.objects.filter(pk=Parameter("pk")).values_list("pk", *columns)


@compiled
def _first_page(model: type[Any], columns: Columns, limit: int) -> QuerySet[Any]:
    return model.objects.order_by("pk").values_list("pk", *columns)[:limit]


@compiled
def _page_after(model: type[Any], columns: Columns, limit: int) -> QuerySet[Any]:
    rows = model.objects.filter(pk__gt=Parameter("after"))
    return rows.order_by("pk").values_list("pk", *columns)[:limit]


@compiled
def _order_lines(columns: OrderColumns, limit: int | None = None) -> QuerySet[Any]:
    paths = (
        *("lines__product_id", *(f"lines__product__{name}" for name in columns.product)),
        *(f"lines__{name}" for name in columns.line),
        *("pk", *columns.order),
        *("customer_id", *(f"customer__{name}" for name in columns.customer)),
    )
    # One statement for an order and its lines, so a client never sees a partly written order.
    orders = Order.objects.filter(pk__gte=Parameter("first"), pk__lte=Parameter("last"))
    return orders.order_by("pk", "lines__pk").values_list(*paths)[:limit]


def one(model: type[Model], columns: Columns, pk: Key) -> Document | None:
    """Return the document of the row with this key, or None."""
    rows = _one(model, columns)(pk=pk)
    return _documents(columns, rows)[0] if rows else None


def some(model: type[Model], columns: Columns, after: Key | None, limit: int) -> Page:
    """Return at most `limit` documents after this key."""
    rows, next_after = _rows(model, columns, after, limit)
    return Page(_documents(columns, rows), next_after)


def order(columns: OrderColumns, pk: Key) -> Document | None:
    """Return the order with this key, with its lines, or None."""
    return next(iter(_orders(columns, _order_lines(columns)(first=pk, last=pk))), None)


def orders(columns: OrderColumns, after: Key | None, limit: int) -> Page:
    """Return at most `limit` orders after this key, with at most MAX_LINES lines.

    The first of two statements reads the keys, which decide whether there is a next page. Before
    the second, orders may be deleted, and others inserted between these keys.
    """
    rows, next_after = _rows(Order, (), after, limit)
    if not rows:
        return Page([], None)
    keys = {key for (key,) in rows}
    lines = _order_lines(columns, MAX_LINES + 1)(first=rows[0][0], last=rows[-1][0])
    found = _orders(columns, lines)
    if len(lines) > MAX_LINES:
        cut = found.pop()["id"]  # it may have more lines, so it is the first of the next page
        if not found:  # a single order, created without the API, exceeds a page
            found = _orders(columns, _order_lines(columns)(first=cut, last=cut))
        next_after = found[-1]["id"] if found else cut
    return Page([order for order in found if order["id"] in keys], next_after)


def document(row: Model, columns: Columns) -> Document:
    """Return the document of an instance, without a query."""
    return {"id": row.pk} | {name: getattr(row, name) for name in columns}


def new_order(columns: OrderColumns, order: Order, customer: Document) -> Document:
    """Return the document of an order that was just filled, without a query."""
    lines = [
        document(line.product, columns.product) | {n: getattr(line, n) for n in columns.line}
        for line in order.filled_lines
    ]
    return document(order, columns.order) | {"customer": customer, "products": lines}


def _rows(
    model: type[Any], columns: Columns, after: Key | None, limit: int
) -> tuple[list[Row], Key | None]:
    """Return at most `limit` rows, the key first, and the key after which the next page begins."""
    if after is None:
        rows = _first_page(model, columns, limit + 1)()
    else:
        rows = _page_after(model, columns, limit + 1)(after=after)
    more = len(rows) > limit
    return rows[:limit], rows[limit - 1][0] if more else None


def _documents(columns: Columns, rows: Iterable[Row]) -> list[Document]:
    names = ("id", *columns)
    return [dict(zip(names, row)) for row in rows]


def _orders(columns: OrderColumns, rows: Iterable[Row]) -> list[Document]:
    line = ("id", *columns.product, *columns.line)
    order = ("id", *columns.order)
    customer = ("id", *columns.customer)
    order_at, customer_at = len(line), len(line) + len(order)
    found: list[Document] = []
    last: Key = None
    for row in rows:
        if row[order_at] != last:
            last = row[order_at]
            lines: list[Document] = []
            document = dict(zip(order, row[order_at:]))
            document["customer"] = dict(zip(customer, row[customer_at:]))
            document["products"] = lines
            found.append(document)
        if row[0] is not None:  # an order without lines is one row of the outer join
            shown = dict(zip(line, row))
            if shown.get("name", "") is None:  # a deleted product: MongoDB has no foreign keys
                shown["name"] = ""
            lines.append(shown)
    return found
