"""The patches lead from the first version of the schema to today's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.postgresql_sql.conftest import patch_db, program, psql
from tests.serving import ROOT

PATCHES = ROOT / "schema" / "patches"

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
    assert "the first run registers as baseline: 11" in registered.stdout
    assert "applying" not in registered.stdout
    assert patch_db(today, "--status").returncode == 0


def test_the_prices_of_many_lines_are_filled_in_batches(first: str) -> None:
    # With those of ROWS 4001 lines: the last one is alone in its batch.
    more = "insert into bank.orders (client_id, product_id, quantity, subtotal) select 1, 1, 1, 2"
    psql(first, "-c", ROWS, "-c", f"{more} from generate_series(1, 3999)")

    applied = patch_db(first, "--yes", "--role", "bank_owner", "--baseline", "none")

    assert (applied.returncode, applied.stderr) == (0, "")
    with psycopg.connect(first) as session:
        lines = session.execute("select count(*), count(price), max(id) from bank.order_lines")
        assert lines.fetchall() == [(4001, 4001, 4001)]


@pytest.mark.parametrize("hook", sorted(PATCHES.glob("*.post.sh")), ids=lambda path: path.name)
def test_a_hook_that_fails_says_so(empty: str, hook: Path) -> None:
    path = f"{Path(program('psql')).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATCH_DSN": empty, "PATH": path}

    failed = subprocess.run([hook], env=environment, capture_output=True, text=True)

    assert failed.returncode == 3
    assert "does not exist" in failed.stderr


def test_the_keys_of_the_audit_go_on_where_they_were(first: str) -> None:
    psql(first, "-c", ROWS)
    patch_db(first, "--yes", "--role", "bank_owner", "--baseline", "none")

    psql(first, "-c", "insert into bank.customers (name) values ('Bob')")

    with psycopg.connect(first) as session:
        names = session.execute(
            "select new->>'name' from audit.changes where operation = 'INSERT' "
            "and table_name in ('clients', 'customers') order by id"
        )
        keys = session.execute("select count(*) - count(distinct id) from audit.changes")
        assert (names.fetchall(), keys.fetchall()) == ([("Ann",), ("Bob",)], [(0,)])


def test_the_old_changes_come_into_the_partitions_of_their_months(first: str) -> None:
    psql(first, "-c", ROWS, "-c", "update audit.changes set at = '2026-01-15'")

    patch_db(first, "--yes", "--role", "bank_owner", "--baseline", "none")

    with psycopg.connect(first) as session:
        months = session.execute(
            "select distinct tableoid::regclass::text from audit.changes where at < '2026-02-01'"
        )
        left = session.execute("select count(*) from audit.changes_default")
        assert (months.fetchall(), left.fetchall()) == ([("audit.changes_2026_01",)], [(0,)])


def test_the_old_audit_is_not_dropped_before_its_rows_are_moved(first: str, tmp_path: Path) -> None:
    psql(first, "-c", ROWS)
    shutil.copytree(PATCHES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "2026-11-09_partition_audit.post.sh").unlink()
    options = ("--patches", str(tmp_path), "--baseline", "none")

    said = patch_db(first, "--yes", "--role", "bank_owner", *options)

    assert said.returncode == 1
    assert "audit.changes_before has rows" in said.stderr
    with psycopg.connect(first) as session:
        rows = session.execute("select count(*) from audit.changes_before").fetchall()
    assert rows == [(7,)]


@pytest.mark.parametrize("path", sorted(PATCHES.glob("*.sql")), ids=lambda path: path.name)
def test_what_reads_a_whole_table_is_not_in_one_transaction_with_its_locks(path: Path) -> None:
    text = path.read_text()
    code = re.sub("--.*", "", text)

    is_long = bool(re.search(r"\b(validate|concurrently) (constraint|\w+ on)\b", code))

    assert is_long == text.startswith("-- patch_db: no-transaction\n")


def test_a_schema_that_exists_already_is_an_error_and_changes_nothing(today: str) -> None:
    command = [program("psql"), "-Xqf", "schema/database.sql", today]
    before = dumped(today)

    failed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert failed.returncode == 3
    assert 'schema "bank" already exists' in failed.stderr
    assert dumped(today) == before
