"""A new database with generated customers, products and orders."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from benchmarks.errors import BenchmarkError
from benchmarks.works import CUSTOMERS, PRODUCTS, Key
from runner.backends import backend

ROOT = Path(__file__).parent.parent
# Three different products per order (0, 331 and 662 apart modulo 1000), in order of their ids.
SEED = """
    insert into customers (id, name)
    select i, 'Customer ' || i from generate_series(1, %(customers)s) i;

    insert into products (id, name, price, stock)
    select i, 'Product ' || i, 1 + i * 0.37, null from generate_series(1, %(products)s) i;

    insert into orders (id, customer_id, subtotal)
    select i, i * 7 %% %(customers)s + 1, 0 from generate_series(1, %(orders)s) i;

    insert into order_lines (id, order_id, product_id, quantity, price)
    select row_number() over (order by o.id, p.id), o.id, p.id, 1 + (o.id + k) %% 3, p.price
    from orders o
    cross join generate_series(0, 2) k
    join products p on p.id = (o.id * 7 + k * 331) %% %(products)s + 1
    order by o.id, p.id;

    update orders set subtotal = (
        select sum(quantity * price) from order_lines where order_id = orders.id
    );
"""
# Inserting rows with explicit ids does not advance the sequence.
NEXT_ID = "select setval(pg_get_serial_sequence(%(table)s, 'id'), (select max(id) from {}))"
# One statement, so that its snapshot never contains an order without its lines.
REMOVE = """
    with lines as (delete from order_lines where order_id > %(last)s)
    delete from orders where id > %(last)s
"""
BUSY = """
    select count(*) from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend'
        and pid <> pg_backend_pid()
        and (state <> 'idle' or state_change > clock_timestamp() - interval '100 ms')
"""
TABLES = ("customers", "products", "orders", "order_lines")


class Database:
    """The seeded database at `url`."""

    def __init__(self, url: str, orders: int) -> None:
        self.url = url
        self.orders = orders
        self.connection = psycopg.connect(url, autocommit=True)

    def seed(self) -> None:
        """Fill the empty tables with rows that are the same in every run."""
        counts = {"customers": CUSTOMERS, "products": PRODUCTS, "orders": self.orders}
        with psycopg.ClientCursor(self.connection) as cursor:
            cursor.execute(SEED, counts)
        self.set_next_ids()
        # FULL, because the update of the subtotals left a dead row for each order.
        self.connection.execute("vacuum (full, analyze)")

    @contextmanager
    def logged_statements(self) -> Iterator[None]:
        """Let the server log all statements of connections that are made during the block."""
        name = sql.Identifier(self.connection.info.dbname)
        self.connection.execute(sql.SQL("alter database {} set log_statement = 'all'").format(name))
        yield
        self.connection.execute(sql.SQL("alter database {} reset log_statement").format(name))

    def set_next_ids(self) -> None:
        for table in TABLES:
            statement = sql.SQL(NEXT_ID).format(sql.Identifier(table))
            self.connection.execute(statement, {"table": table})

    def reset_orders(self) -> None:
        """Delete the orders placed since seed(), and vacuum their tables."""
        self.wait_until_quiet()
        self.connection.execute(REMOVE, {"last": self.orders})
        self.connection.execute("vacuum (analyze) orders, order_lines")

    def wait_until_quiet(self, *, seconds: float = 60) -> None:
        """Return when no other session has been active for 100 ms.

        Raises BenchmarkError after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while self.connection.execute(BUSY).fetchall()[0][0]:
            if time.monotonic() > deadline:
                raise BenchmarkError(f"The database is still busy after {seconds:.0f} seconds.")
            time.sleep(0.02)

    def key(self, kind: str, number: int) -> Key:
        return number

    def placed(self) -> list[Key]:
        """Return the keys of the orders placed since seed()."""
        statement = "select id from orders where id > %s order by id"
        return [key for (key,) in self.connection.execute(statement, [self.orders]).fetchall()]

    def set_stock(self, product: int, stock: int | None) -> None:
        self.connection.execute("update products set stock = %s where id = %s", [stock, product])

    def stock(self, product: int) -> int | None:
        statement = "select stock from products where id = %s"
        return self.connection.execute(statement, [product]).fetchall()[0][0]


@contextmanager
def seeded_database(server: str, orders: int) -> Iterator[Database]:
    """Yield a new database with this number of orders on the server; drop it at the end."""
    name = f"benchmark_{os.getpid()}_{orders}"
    with psycopg.connect(server, autocommit=True) as administration:
        administration.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        try:
            yield from filled_database(urlsplit(server)._replace(path=f"/{name}").geturl(), orders)
        finally:
            drop = sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
            administration.execute(drop)


def filled_database(url: str, orders: int) -> Iterator[Database]:
    migrate(url)
    database = Database(url, orders)
    try:
        database.seed()
        yield database
    finally:
        database.connection.close()


def migrate(url: str) -> None:
    """Create the tables, which all peers use, with the application's migrations."""
    environment = backend("postgresql").environment(url)
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    try:
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    except subprocess.CalledProcessError as error:
        raise BenchmarkError("The migrations failed, see above.") from error
