"""SQL of Django 5.2 that Djongo alone misreads, or does not read at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import NotSupportedError, connection
from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.test.utils import CaptureQueriesContext

from bank.models import Customer, Order, OrderLine, Product
from tests.api import Api
from tests.djongo.column_types import ColumnTypes

pytestmark = pytest.mark.django_db(transaction=True)
JSON = '{"price": 1}'


def stocks() -> list[int | None]:
    return list(Product.objects.order_by("pk").values_list("stock", flat=True))


@pytest.mark.parametrize("text", ["50%", "a.b", "a*", "(", "\\", "[x]", "$", JSON, "two\nlines"])
def test_a_text_is_found_as_it_is_written(text: str) -> None:
    Customer.objects.create(name=f"<{text}>")
    Customer.objects.create(name="aXb, 501, xx and more")

    for lookup in ("contains", "icontains"):
        found = Customer.objects.filter(**{f"name__{lookup}": text})
        assert [customer.name for customer in found] == [f"<{text}>"]
    assert Customer.objects.filter(name__iexact=f"<{text}>".upper()).count() == 1
    assert Customer.objects.filter(name__startswith=f"<{text}").count() == 1


def test_case_counts_where_it_should() -> None:
    Customer.objects.create(name="Carl")

    assert not Customer.objects.filter(name__contains="carl")
    assert Customer.objects.filter(name__icontains="carl")


def test_the_server_computes_an_update(pens: list[Product]) -> None:
    Product.objects.filter(stock__gte=20).update(stock=F("stock") - 1, price=F("price") * 2)

    assert stocks() == [None, 10, 19]
    assert Product.objects.get(stock=19).price == Decimal("4.00")


def test_what_is_computed_from_null_is_null(pens: list[Product]) -> None:
    Product.objects.update(stock=F("stock") + 1)

    assert stocks() == [None, 11, 21]


def test_a_value_beside_a_computed_one_is_taken_as_it_is(pens: list[Product]) -> None:
    Product.objects.filter(stock=10).update(stock=F("stock") + 1, name="$price")

    assert Product.objects.get(stock=11).name == "$price"


def test_many_rows_are_updated_in_one_statement(pens: list[Product]) -> None:
    for number, pen in enumerate(pens):
        pen.stock = [7, None, 9][number]

    with CaptureQueriesContext(connection) as captured:
        Product.objects.bulk_update(pens, ["stock"])

    [begin, update, commit] = [query["sql"] for query in captured]
    assert (begin, commit) == ("BEGIN", "COMMIT")
    assert stocks() == [7, None, 9]


def test_a_case_chooses_as_sql_would(pens: list[Product]) -> None:
    rich = When(~Q(stock__lte=10), then=Value(2))  # to Django, null is not at most ten
    few = When(Q(stock=None) | Q(stock__in=[10]), then=Value(1))

    Product.objects.update(stock=Case(rich, few, default=Value(0)))

    assert stocks() == [2, 1, 2]


def test_rows_are_counted_and_looked_for(pens: list[Product]) -> None:
    assert Product.objects.all()[:2].count() == 2
    assert Product.objects.all()[2:9].count() == 1
    assert Product.objects.values("name").distinct().count() == 3
    assert Product.objects.filter(stock=10).exists()
    assert not Product.objects.filter(stock=11).exists()


def test_the_sum_of_nothing_is_nothing(pens: list[Product]) -> None:
    in_stock = Product.objects.values("price").order_by("price").annotate(sum=Sum("stock"))

    assert Product.objects.aggregate(sum=Sum("stock")) == {"sum": 30}
    assert Product.objects.filter(stock=None).aggregate(sum=Sum("stock")) == {"sum": None}
    assert [group["sum"] for group in in_stock] == [None, 10, 20]


def test_rows_are_in_order_of_a_column_that_is_selected(pens: list[Product]) -> None:
    names = Product.objects.order_by("-name").values_list("name", flat=True)

    assert list(names) == ["Pen 2", "Pen 1", "Pen 0"]


def test_a_boolean_is_a_condition(column_types: type[ColumnTypes]) -> None:
    for name, active in (("on", True), ("off", False)):
        column_types.objects.create(name=name, active=active)

    assert column_types.objects.get(active=True).name == "on"
    assert column_types.objects.exclude(active=True).get().name == "off"
    assert column_types.objects.filter(Q(active=True) & Q(name="off")).count() == 0


def test_a_date_is_found_by_its_parts(column_types: type[ColumnTypes]) -> None:
    for name, month in (("spring", 4), ("autumn", 10)):
        column_types.objects.create(name=name, made=date(2026, month, 1))

    assert column_types.objects.get(made__month=10).name == "autumn"
    assert column_types.objects.filter(made__year=2026, made__day=1).count() == 2


def test_rows_are_deleted_by_what_another_table_says(api: Api) -> None:
    for name in ("Carl", "Dora"):
        api.order(api.customer(name), api.product())

    OrderLine.objects.filter(order__customer__name="Carl").delete()

    [line] = OrderLine.objects.select_related("order__customer")
    assert line.order.customer.name == "Dora"


def test_what_can_be_decided_before_a_join_is_decided_there(api: Api) -> None:
    order = api.order(api.customer(), api.product())
    rows = Order.objects.filter(pk=order["id"], customer__name="Carl").select_related("customer")

    with connection.cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
        pipeline = cursor.result._query._make_pipeline()

    assert pipeline[0] == {"$match": {"$and": [{"id": {"$eq": order["id"]}}]}}
    assert list(rows) == [Order(pk=order["id"])]


@pytest.mark.parametrize(
    "query",
    [
        lambda: list(Product.objects.filter(pk=1).union(Product.objects.filter(pk=2))),
        lambda: Product.objects.aggregate(n=Count("price", distinct=True)),
        lambda: Product.objects.all()[:2].aggregate(n=Count("stock")),
        lambda: list(Customer.objects.filter(orders__subtotal=1).filter(orders__subtotal=2)),
        lambda: Product.objects.update(name=Case(When(name__contains="P", then=Value("Q")))),
    ],
    ids=[
        "union",
        "distinct values",
        "values of a slice",
        "a table twice",
        "LIKE in UPDATE",
    ],
)
def test_what_it_cannot_read_is_an_error_and_no_wrong_answer(query, pens) -> None:
    with pytest.raises(NotSupportedError):
        query()
