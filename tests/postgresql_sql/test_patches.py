"""The patches lead from the first version of the schema to today's."""

from __future__ import annotations

import subprocess

import psycopg

from tests.postgresql_sql.conftest import patch_db, program, psql

ROWS = """
    insert into bank.clients (name) values ('Ann');
    insert into bank.products (name, price, stock) values ('Pen', 2, 10), ('Ink', 3.50, null);
    insert into bank.orders (client_id, product_id, quantity, subtotal)
    values (1, 1, 2, 4), (1, 2, 3, 10.50);
"""


def dumped(url: str) -> set[str]:
    """Return the definition of each object, as pg_dump writes it; their order does not matter."""
    command = [program("pg_dump"), "--schema-only", "--exclude-schema=patch_db", url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    objects = text.split("\n--\n-- Name: ")[1:]
    return {each.partition("\n\\unrestrict")[0].strip() for each in objects}


def test_the_first_version_and_all_patches_make_todays_schema(first: str, today: str) -> None:
    psql(first, "-c", ROWS)

    applied = patch_db(first, "--yes", "--role", "bank_owner", "--baseline", "none")

    assert (applied.returncode, applied.stderr) == (0, "")
    patched, wanted = dumped(first), dumped(today)
    assert (patched - wanted, wanted - patched) == (set(), set())
    assert len(wanted) > 150


def test_the_patches_keep_the_orders_and_what_the_audit_knows_of_them(first: str) -> None:
    psql(first, "-c", ROWS)

    patch_db(first, "--yes", "--role", "bank_owner", "--baseline", "none")

    with psycopg.connect(first) as session:
        lines = session.execute(
            "select order_id, product_id, quantity, price, value from order_lines"
        )
        changes = session.execute(
            "select table_name, operation, row_id from audit.changes order by id"
        )
        sales = session.execute("select product_id, pieces, revenue from reports.sales")
        assert [tuple(map(str, line)) for line in lines] == [
            ("1", "1", "2", "2.00", "4.00"),
            ("2", "2", "3", "3.50", "10.50"),
        ]
        assert sorted((row[0], str(row[1]), str(row[2])) for row in sales) == [
            (1, "2", "4.00"),
            (2, "3", "10.50"),
        ]
        assert list(changes) == [
            ("clients", "INSERT", 1),
            ("products", "INSERT", 1),
            ("products", "INSERT", 2),
            ("orders", "INSERT", 1),
            ("orders", "INSERT", 2),
            ("order_lines", "UPDATE", 1),
            ("order_lines", "UPDATE", 2),
        ]
        kinds = "select relkind::text from pg_class where oid = 'audit.changes'::regclass"
        assert session.execute(kinds).fetchone() == ("p",)


def test_a_new_database_has_all_patches_already(today: str) -> None:
    pending = patch_db(today, "--status")
    registered = patch_db(today, "--yes", "--role", "bank_owner")

    assert (pending.returncode, registered.returncode) == (3, 0)
    assert "the first run registers as baseline: 9" in registered.stdout
    assert "applying" not in registered.stdout
    assert patch_db(today, "--status").returncode == 0
