"""The audit has each change of the bank's rows, whoever makes it and with whatever program."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test import Client

from bank.models import Customer, Order, OrderLine, Product
from tests.admin_pages import change
from tests.api import Api
from tests.postgresql_sql.conftest import Sql, psql, url_of
from tests.postgresql_sql.patch_db.patching import wait_until
from tests.serving import Server

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ("customers", "products", "orders", "order_lines")
OPERATIONS = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")
COLUMNS = "operation, row_id, old->>'name', new->>'name'"


def changes(owner: Sql, columns: str = COLUMNS, table: str = "customers") -> list[Any]:
    return owner(f"SELECT {columns} FROM audit.changes WHERE table_name = %s ORDER BY id", table)


def test_the_orm_bulk_operations_raw_sql_and_psql_are_written_down_alike(owner: Sql) -> None:
    ann = Customer.objects.create(name="Ann")
    ann.name = "Anna"
    ann.save()
    bob, carl = Customer.objects.bulk_create([Customer(name="Bob"), Customer(name="Carl")])
    Customer.objects.filter(pk=bob.pk).update(name="Rob")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers SET name = 'Karl' WHERE id = %s", [carl.pk])
    Customer.objects.filter(pk__in=[ann.pk, bob.pk]).delete()
    url = url_of(str(connection.settings_dict["NAME"]), "bank_owner")
    psql(url, "-c", f"DELETE FROM bank.customers WHERE id = {carl.pk}")

    assert changes(owner) == [
        ("INSERT", ann.pk, None, "Ann"),
        ("UPDATE", ann.pk, "Ann", "Anna"),
        ("INSERT", bob.pk, None, "Bob"),
        ("INSERT", carl.pk, None, "Carl"),
        ("UPDATE", bob.pk, "Bob", "Rob"),
        ("UPDATE", carl.pk, "Carl", "Karl"),
        *sorted([("DELETE", ann.pk, "Anna", None), ("DELETE", bob.pk, "Rob", None)]),
        ("DELETE", carl.pk, "Karl", None),
    ]
    roles = changes(owner, "role, program")
    assert roles[-1] == ("bank_owner", "psql")
    assert {role for role, _ in roles[:-1]} == {"bank_application"}


def test_what_is_rolled_back_is_not_written_down(owner: Sql) -> None:
    with transaction.atomic():
        Customer.objects.create(name="Ann")
        transaction.set_rollback(True)

    assert changes(owner) == []


def test_one_order_is_one_transaction(owner: Sql, client: Client) -> None:
    api = Api(client)
    product = api.product(stock=5)

    order = api.order(api.customer(), (product, 2))

    rows = owner(
        "SELECT transaction, table_name, operation FROM audit.changes "
        "WHERE transaction = (SELECT transaction FROM audit.changes WHERE table_name = 'orders')"
    )
    assert {(table, operation) for _, table, operation in rows} == {
        ("products", "UPDATE"),
        ("orders", "INSERT"),
        ("order_lines", "INSERT"),
    }
    [(stock,)] = changes(owner, "old->>'stock' || ' → ' || (new->>'stock')", "products")[1:]
    assert (stock, order["subtotal"]) == ("5 → 3", Order.objects.get().subtotal.__str__())


def test_the_client_of_each_request_is_written_down(
    owner: Sql, client: Client, settings: Any
) -> None:
    settings.API_TOKENS = {"token-of-ann": "ann", "token-of-bob": "bob"}
    for name in ("ann", "bob", "bob", "ann"):
        headers = {"Authorization": f"Bearer token-of-{name}"}
        client.post("/customer/", {"name": f"By {name}"}, "application/json", headers=headers)
    Customer.objects.create(name="By nobody")

    assert changes(owner, "person, new->>'name'") == [
        ("ann", "By ann"),
        ("bob", "By bob"),
        ("bob", "By bob"),
        ("ann", "By ann"),
        (None, "By nobody"),
    ]


def test_what_was_injected_into_a_request_does_not_change_the_person_of_the_next(
    owner: Sql, client: Client, settings: Any
) -> None:
    settings.API_TOKENS = {"token-of-ann": "ann"}
    headers = {"Authorization": "Bearer token-of-ann"}
    client.post("/customer/", {"name": "First"}, "application/json", headers=headers)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('bank.person', 'bob', false)")

    client.post("/customer/", {"name": "Second"}, "application/json", headers=headers)

    assert changes(owner, "person") == [("ann",), ("ann",)]


def test_a_client_is_written_down_also_after_a_lost_connection(
    owner: Sql, client: Client, settings: Any
) -> None:
    settings.API_TOKENS = {"token-of-ann": "ann"}
    client.get("/customer/", headers={"Authorization": "Bearer token-of-ann"})
    owner(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'bank_application'"
    )

    headers = {"Authorization": "Bearer token-of-ann"}
    answer = client.post("/customer/", {"name": "Ann"}, "application/json", headers=headers)

    assert answer.status_code == 200
    assert changes(owner, "person") == [("ann",)]


def test_requests_succeed_after_the_application_has_lost_its_connections(server: Server) -> None:
    server.start("--no-demo")
    for _ in range(10):
        server.call("POST", "/customer/", {"name": "Ann"})
    with psycopg.connect(server.database_url(), autocommit=True) as session:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = current_user AND pid <> pg_backend_pid()"
        )

    answers = [server.ask("POST", "/customer/", {"name": "Ann"}).status for _ in range(20)]

    assert answers == 20 * [200]


def test_the_user_of_the_admin_is_written_down(owner: Sql, admin: Client) -> None:
    ann = Customer.objects.create(name="Ann")

    change(admin, f"/admin/bank/customer/{ann.pk}/change/", name="Anna")

    assert changes(owner, "person, new->>'name'") == [(None, "Ann"), ("admin:ada", "Anna")]


def test_the_owner_may_truncate_and_that_is_written_down(owner: Sql) -> None:
    Customer.objects.create(name="Ann")

    owner("TRUNCATE bank.customers CASCADE")

    assert changes(owner, "operation, row_id, role")[-1] == ("TRUNCATE", None, "postgres")
    assert changes(owner, "operation", "order_lines") == [("TRUNCATE",)]


def test_a_change_goes_to_the_partition_of_its_month(owner: Sql) -> None:
    Customer.objects.create(name="Ann")

    [(name,)] = changes(owner, "tableoid::regclass::text")
    [(month,)] = owner("SELECT to_char(now(), 'YYYY_MM')")

    assert name == f"audit.changes_{month}"


def test_a_change_of_a_month_without_a_partition_is_kept_and_moved_when_it_gets_one(
    owner: Sql,
) -> None:
    owner(
        "INSERT INTO audit.changes (at, role, program, table_name, operation, row_id) "
        "VALUES ('2020-02-29', 'x', 'x', 'customers', 'INSERT', 7)"
    )
    before = changes(owner, "tableoid::regclass::text, row_id")

    owner("CALL audit.make_partitions(since => '2020-02-01')")

    assert before == [("audit.changes_default", 7)]
    assert changes(owner, "tableoid::regclass::text, row_id") == [("audit.changes_2020_02", 7)]
    [(count,)] = owner(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit.changes'::regclass"
    )
    owner("CALL audit.make_partitions(since => '2020-02-01')")
    assert owner(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit.changes'::regclass"
    ) == [(count,)]
    for (table,) in owner(
        "SELECT inhrelid::regclass::text FROM pg_inherits "
        "WHERE inhparent = 'audit.changes'::regclass"
    ):
        if "default" not in str(table) and str(table) < "audit.changes_2026":
            owner(f"DROP TABLE {table}")


def test_two_calls_at_the_same_time_make_a_partition_once(today: str) -> None:
    count = "SELECT count(*) FROM pg_class WHERE relname ~ '^changes_20' AND relkind = 'r'"
    with psycopg.connect(today) as one, psycopg.connect(today) as two:
        one.execute("CALL audit.make_partitions(9)")
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(two.execute, "CALL audit.make_partitions(9)")
            wait_until(lambda: is_waiting(today, two.info.backend_pid))
            one.commit()
            second.result()

        assert two.execute(count.encode()).fetchone() == (10,)


def is_waiting(url: str, pid: int) -> bool:
    with psycopg.connect(url) as session:
        found = session.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid]).fetchone()
    return found == (True,)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_months_begin_in_utc_whoever_makes_the_partitions(today: str, zone: str) -> None:
    with psycopg.connect(today, autocommit=True) as session:
        session.execute(f"SET timezone = '{zone}'")
        session.execute("CALL audit.make_partitions(4)")
        bounds = session.execute(
            "SELECT pg_get_expr(relpartbound, oid) FROM pg_class "
            "WHERE relname ~ '^changes_20' AND relkind = 'r'"
        ).fetchall()

    assert len(bounds) == 5
    ends = {end for (text,) in bounds for end in re.findall("'([^']+)'", text)}
    assert len(ends) == 6  # each month begins where the one before ends


def test_a_changed_key_is_in_the_history_of_the_old_one(owner: Sql) -> None:
    ann = Customer.objects.create(name="Ann")

    owner("UPDATE bank.customers SET id = %s WHERE id = %s", ann.pk + 500, ann.pk)

    assert changes(owner, "operation, row_id, (new->>'id')::bigint") == [
        ("INSERT", ann.pk, ann.pk),
        ("UPDATE", ann.pk, ann.pk + 500),
    ]


def test_the_history_of_one_row_is_found_by_an_index(owner: Sql) -> None:
    [(plan,)] = owner(
        "EXPLAIN (FORMAT json) SELECT * FROM audit.changes "
        "WHERE table_name = 'orders' AND row_id = 1"
    )[:1]

    assert "Index" in str(plan)
    assert (Product.objects.count(), OrderLine.objects.count()) == (0, 0)


def test_an_update_in_a_partitioned_month_is_quick_to_archive(today: str) -> None:
    with psycopg.connect(today) as session:
        session.execute("SET ROLE bank_audit")
        [(month,)] = session.execute("SELECT to_char(now(), 'YYYY_MM')").fetchall()
        session.execute(f"ALTER TABLE audit.changes DETACH PARTITION audit.changes_{month}")
        session.execute("RESET ROLE")
        session.execute("INSERT INTO bank.customers (name) VALUES ('Ann')")
        rows = session.execute("SELECT tableoid::regclass::text FROM audit.changes").fetchall()

    assert rows == [("audit.changes_default",)]


def test_a_change_of_several_rows_is_written_down_row_by_row(owner: Sql) -> None:
    Product.objects.bulk_create([Product(name=f"Pen {n}", price=1, stock=n) for n in range(3)])

    Product.objects.update(stock=F("stock") + 1)

    assert changes(owner, "operation, new->>'stock'", "products")[3:] == [
        ("UPDATE", "1"),
        ("UPDATE", "2"),
        ("UPDATE", "3"),
    ]


def test_each_operation_on_each_table_is_written_down(owner: Sql, client: Client) -> None:
    api = Api(client)
    api.order(api.customer(), (api.product(), 1))

    for table in TABLES:
        owner(f"UPDATE bank.{table} SET id = id")
    for table in reversed(TABLES):
        owner(f"DELETE FROM bank.{table}")
    owner(f"TRUNCATE {', '.join(f'bank.{table}' for table in TABLES)}")

    written = owner("SELECT table_name, operation FROM audit.changes")
    assert set(written) == set(product(TABLES, OPERATIONS))


def test_the_partition_of_a_month_takes_its_first_moment_and_not_the_next_ones(today: str) -> None:
    with psycopg.connect(today) as session:
        session.execute(
            "INSERT INTO audit.changes (at, role, program, table_name, operation) "
            "SELECT at, 'x', 'x', 'customers', 'INSERT' FROM unnest(%s::timestamptz[]) at",
            [["2020-02-01 00:00", "2020-02-29 23:59:59.999999", "2020-03-01 00:00"]],
        )
        session.execute("CALL audit.make_partitions(since => '2020-02-01')")
        rows = session.execute("SELECT tableoid::regclass::text FROM audit.changes ORDER BY at")

        assert rows.fetchall() == [
            ("audit.changes_2020_02",),
            ("audit.changes_2020_02",),
            ("audit.changes_2020_03",),
        ]


def test_a_new_database_has_the_partitions_of_this_month_and_the_next_two(today: str) -> None:
    with psycopg.connect(today) as session:
        found = session.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits "
            "WHERE inhparent = 'audit.changes'::regclass ORDER BY 1"
        ).fetchall()
        months = session.execute(
            "SELECT to_char(date_trunc('month', now()) + n * interval '1 month', 'YYYY_MM') "
            "FROM generate_series(0, 2) n"
        ).fetchall()

    assert found == [
        *((f"audit.changes_{month}",) for (month,) in months),
        ("audit.changes_default",),
    ]


def test_a_person_who_comes_in_a_transaction_is_not_forgotten_with_its_rollback(
    owner: Sql,
) -> None:
    engine: Any = connection
    with transaction.atomic():
        engine.person = lambda: "ann"
        Customer.objects.exists()
        transaction.set_rollback(True)

    Customer.objects.create(name="Ann")
    engine.person = str

    assert changes(owner, "person") == [("ann",)]
