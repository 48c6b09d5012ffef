"""Why requests have their own planner settings (settings/on_postgresql.py): a page of orders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from bank import queries
from bank.api.schemas import ORDER_COLUMNS

pytestmark = pytest.mark.django_db(transaction=True)
# With 2000 orders the planner joins by the keys even if it may choose; with 20,000 it would join
# with whole tables.
FILLED = (
    "INSERT INTO customers (name) SELECT 'Carl' FROM generate_series(1, 1000)",
    "INSERT INTO products (name, price) SELECT 'Pen', 1 FROM generate_series(1, 1000)",
    "INSERT INTO orders (customer_id, subtotal) SELECT first + n % 1000, 3"
    " FROM generate_series(1, 20000) n, (SELECT min(id) AS first FROM customers) c",
    "INSERT INTO order_lines (order_id, product_id, price, quantity)"
    " SELECT o.id, first + (o.id + n) % 1000, 1, 1"
    " FROM orders o, generate_series(1, 3) n, (SELECT min(id) AS first FROM products) p",
)


@pytest.fixture
def large_shop() -> None:
    with connection.cursor() as cursor:
        for statement in FILLED:
            cursor.execute(statement)
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
