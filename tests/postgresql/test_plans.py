"""Why requests have their own planner settings (settings/postgresql.py): a page of orders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from bank import queries
from bank.api.schemas import ORDER_COLUMNS
from bank.models import Customer, Order, OrderLine, Product

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = 2000


@pytest.fixture
def large_shop() -> None:
    customers = Customer.objects.bulk_create(Customer(name=f"Customer {n}") for n in range(500))
    products = Product.objects.bulk_create(Product(name=f"P{n}", price=1) for n in range(500))
    orders = Order.objects.bulk_create(
        Order(customer=customers[n % 500], subtotal=3) for n in range(ORDERS)
    )
    OrderLine.objects.bulk_create(
        OrderLine(order=order, product=products[(n + k) % 500], price=1, quantity=1)
        for n, order in enumerate(orders)
        for k in range(3)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()


@pytest.mark.usefixtures("large_shop")
def test_a_page_of_orders_is_planned_once_and_reads_only_its_own_rows() -> None:
    with connection.time_limit(60):
        for _ in range(8):
            page = queries.orders(ORDER_COLUMNS, None, 20)
        plans = prepared("order_lines")
        nodes = list(_nodes(explained(page)))
    connection.close()

    # A generic plan, and none for particular values; psycopg2 prepares no statements.
    assert plans == ([(True, 0)] if is_psycopg3 else [])
    read = {node["Relation Name"]: node["Actual Rows"] * node["Actual Loops"] for node in nodes}
    assert read == {"orders": 20, "customers": 20, "order_lines": 60, "products": 60}
    assert {node["Node Type"] for node in nodes} <= {"Index Scan", "Index Only Scan"}


def test_commands_have_the_planners_own_choice() -> None:
    connection.close()

    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        mode = cursor.fetchone()
        cursor.execute("SHOW enable_hashjoin")
        assert (mode, cursor.fetchone()) == (("auto",), ("on",))


def prepared(table: str) -> list[tuple[bool, int]]:
    """Return for each prepared statement with this table: any generic plans; number of others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans > 0, custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE %s",
            [f"%JOIN%{table}%"],
        )
        return cursor.fetchall()


def explained(page: queries.Page) -> Any:
    """Return the plan that was executed for the lines of these orders."""
    first, last = page.documents[0]["id"], page.documents[-1]["id"]
    lines = queries._order_lines(ORDER_COLUMNS, queries.MAX_LINES + 1)
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE page (bigint, bigint) AS {numbered(lines.sql)}")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE page ({first:d}, {last:d})")
        [(found,)] = cursor.fetchall()
    return found if isinstance(found, list) else json.loads(found)


def numbered(sql: str) -> str:
    """Return the SQL with $1, $2, … instead of %s."""
    first, *rest = sql.split("%s")
    return first + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))


def _nodes(plan: Any) -> Iterator[dict[str, Any]]:
    """Yield the nodes that read a table."""
    for node in [each.get("Plan", each) for each in plan]:
        if "Relation Name" in node:
            yield node
        yield from _nodes(node.get("Plans", []))
