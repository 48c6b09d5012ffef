"""What PostgreSQL can do that the portable schema does not use, each for a reason."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models import Func
from django.test import Client

from backends.postgresql_sql.models import BestSeller, Sales
from bank.models import Customer, Order, OrderLine, Product
from tests.admin_pages import page
from tests.api import Api
from tests.postgresql_sql.conftest import Sql

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(client: Client) -> dict[str, Any]:
    """Return Ann's order of 2 pens and 1 ink, and Bob's of 3 inks."""
    api = Api(client)
    ann, bob = api.customer("Ann"), api.customer("Bob")
    pen, ink = api.product("Pen", "2.00"), api.product("Ink", "3.50")
    api.order(ann, (pen, 2), (ink, 1))
    api.order(bob, (ink, 3))
    return {"ann": ann["id"], "bob": bob["id"], "pen": pen["id"], "ink": ink["id"]}


def execute(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_a_domain_refuses_nan_which_a_check_accepts() -> None:
    with pytest.raises(IntegrityError, match="amount_is_a_number"):
        execute("INSERT INTO products (name, price) VALUES ('Pen', 'NaN')")

    with connection.cursor() as cursor:
        cursor.execute("SELECT 'NaN'::numeric(18, 2) >= 0")
        assert cursor.fetchone() == (True,)  # so `price >= 0` would have accepted it


@pytest.mark.parametrize("name", [" ", "\t\n", "\u2003", "\u00a0"])
def test_a_domain_refuses_white_space_of_any_language_as_a_name(name: str) -> None:
    with pytest.raises(IntegrityError, match="text_is_visible"):
        execute("INSERT INTO customers (name) VALUES (%s)", name)

    assert not Customer.objects.exists()


@pytest.mark.parametrize(("name", "typed"), [("Straße", "STRASSE"), ("Σίσυφος", "σίσυφοσ")])
def test_the_collation_finds_names_in_any_capitals_of_any_language(name: str, typed: str) -> None:
    Customer.objects.create(name=name)

    assert Customer.objects.get(name__icontains=typed).name == name
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT upper('Straße' COLLATE \"C.utf8\"), upper('Straße' COLLATE pg_unicode_fast)"
        )
        assert cursor.fetchone() == ("STRAßE", "STRASSE")


def plan(owner: Sql, query: str) -> str:
    return "\n".join(str(line) for (line,) in owner(f"EXPLAIN {query}"))


def test_a_part_of_a_name_is_found_by_an_index(owner: Sql) -> None:
    Customer.objects.bulk_create([Customer(name=f"Customer {n}") for n in range(3000)])
    owner("ANALYZE bank.customers")

    found = Customer.objects.filter(name__icontains="omer 2999").explain()

    assert "customer_name_search" in found


def test_a_small_index_has_only_the_products_that_run_out(owner: Sql) -> None:
    rows = [Product(name=f"Pen {n}", price=1, stock=n) for n in range(3000)]
    Product.objects.bulk_create(rows)
    owner("ANALYZE bank.products")

    assert "product_low_stock" in plan(owner, "SELECT * FROM bank.products WHERE stock < 5")
    [(partial, whole)] = owner(
        "SELECT pg_relation_size('bank.product_low_stock'), pg_relation_size('bank.product_key')"
    )
    assert int(str(partial)) < int(str(whole)) / 4


def test_the_value_of_a_line_is_always_price_times_quantity(owner: Sql, shop: Any) -> None:
    OrderLine.objects.filter(product_id=shop["pen"]).update(quantity=5)

    assert owner("SELECT quantity, value FROM bank.order_lines ORDER BY id") == [
        (5, Decimal("10.00")),
        (1, Decimal("3.50")),
        (3, Decimal("10.50")),
    ]
    with pytest.raises(DatabaseError, match="value"), connection.cursor() as cursor:
        cursor.execute("UPDATE order_lines SET value = 0")


def test_a_view_is_read_like_a_model(shop: Any) -> None:
    today = datetime.datetime.now(datetime.UTC).date()

    found = Sales.objects.order_by("product_id").values_list(
        "product__name", "day", "pieces", "revenue"
    )

    assert list(found) == [
        ("Pen", today, 2, Decimal("4.00")),
        ("Ink", today, 4, Decimal("14.00")),
    ]
    assert Product.objects.filter(sales__revenue__gt=10).get().name == "Ink"
    with pytest.raises(DatabaseError):
        Sales.objects.filter(product_id=shop["pen"]).update(pieces=0)


def test_a_materialized_view_changes_when_it_is_refreshed(shop: Any) -> None:
    call_command("refresh_reports")
    first = list(BestSeller.objects.values_list("product__name", "place"))
    OrderLine.objects.filter(product_id=shop["pen"]).update(quantity=100)
    unchanged = list(BestSeller.objects.values_list("product__name", "place"))

    call_command("refresh_reports")

    assert first == unchanged == [("Ink", 1), ("Pen", 2)]
    assert [str(each) for each in BestSeller.objects.all()] == ["1. Pen", "2. Ink"]


def test_the_best_sellers_are_in_the_admin(admin: Client, shop: Any) -> None:
    call_command("refresh_reports")

    html = page(admin, "/admin/reports/bestseller/")

    assert html.index("Ink") < html.index("Pen")
    assert admin.get("/admin/reports/bestseller/add/").status_code == 403


def test_a_function_of_the_database_is_called_by_the_orm(shop: Any) -> None:
    spent = Func("pk", function="reports.spent", output_field=models.DecimalField())

    found = Customer.objects.annotate(spent=spent).order_by("pk").values_list("name", "spent")

    assert list(found) == [("Ann", Decimal("7.50")), ("Bob", Decimal("10.50"))]


def test_a_deferred_key_lets_rows_be_written_in_any_order_until_the_commit(owner: Sql) -> None:
    with transaction.atomic():
        Order.objects.create(customer_id=10**6, subtotal=1)
        Customer.objects.create(pk=10**6, name="Ann")

    with pytest.raises(IntegrityError, match="order_of_customer"), transaction.atomic():
        Order.objects.create(customer_id=10**6 + 1, subtotal=1)

    assert owner("SELECT count(*) FROM bank.orders") == [(1,)]


def test_the_database_knows_when_an_order_was_placed(owner: Sql, shop: Any) -> None:
    [(old,)] = owner("SELECT max(now() - placed_at) FROM bank.orders")

    assert isinstance(old, datetime.timedelta) and old < datetime.timedelta(minutes=1)


def test_a_day_of_the_sales_is_one_of_utc_in_every_time_zone(owner: Sql, shop: Any) -> None:
    owner("UPDATE bank.orders SET placed_at = '2026-03-01 23:30+00'")

    owner("SET timezone = 'Asia/Tokyo'")

    assert owner("SELECT DISTINCT day FROM reports.sales") == [(datetime.date(2026, 3, 1),)]


def test_a_product_without_orders_is_the_last_of_the_best_sellers(api: Api, shop: Any) -> None:
    api.product("Cap")

    call_command("refresh_reports")

    last = BestSeller.objects.values_list("product__name", "pieces", "revenue", "place").last()
    assert last == ("Cap", 0, Decimal("0.00"), 3)


def test_the_best_sellers_are_refreshed_while_somebody_reads_them(owner: Sql, shop: Any) -> None:
    owner("SET lock_timeout = '2s'")

    with transaction.atomic():
        list(BestSeller.objects.all())
        owner("SELECT reports.refresh()")

    found = BestSeller.objects.values_list("product_id", flat=True)
    assert list(found) == [shop["ink"], shop["pen"]]


def test_a_customer_without_orders_has_spent_nothing(owner: Sql) -> None:
    assert owner("SELECT reports.spent(1)") == [(Decimal(0),)]


def test_the_orders_of_a_period_are_found_by_an_index(owner: Sql) -> None:
    owner("SET enable_seqscan = off")

    found = plan(owner, "SELECT * FROM bank.orders WHERE placed_at >= now() - interval '1 day'")

    assert "order_placed_index" in found


def test_the_best_sellers_cannot_be_deleted_in_the_admin(admin: Client, shop: Any) -> None:
    call_command("refresh_reports")

    answer = admin.get(f"/admin/reports/bestseller/{shop['ink']}/delete/")

    assert answer.status_code == 403
