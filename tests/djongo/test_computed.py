"""What is computed of a row, and subqueries: Djongo alone reads neither."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import NotSupportedError, connection
from django.db.models import (
    Avg,
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import (
    ExtractWeekDay,
    Length,
    Lower,
    TruncDate,
    TruncMonth,
    TruncWeek,
    Upper,
)
from django.utils import timezone

from bank.models import Customer, IdempotencyRecord, Order, OrderLine, Product
from tests.api import Api
from tests.djongo.column_types import ColumnTypes

pytestmark = pytest.mark.django_db(transaction=True)
FEW = FilteredRelation("lines", condition=Q(lines__quantity=1))
LATE = "2026-03-01T23:30:00+00:00"


def prices(rows: object) -> list[int]:
    return [int(row.price) for row in rows]


def test_two_columns_are_compared_and_null_is_neither(pens: list[Product]) -> None:
    more = Product.objects.filter(stock__gt=F("price") * 10 - 5).order_by("pk")
    other = Product.objects.annotate(twice=F("stock") * 2).order_by("pk")

    assert prices(more) == [1, 2]
    assert prices(other.filter(twice=20)) == [1]
    assert prices(other.filter(~Q(twice=20))) == [2]  # in SQL, NULL is not unlike 20
    assert prices(other.exclude(Q(twice=20) | Q(price=0))) == [2]
    assert other[:2].count() == 2


def test_what_is_computed_of_a_joined_table(api: Api) -> None:
    api.order(api.customer("Carl"), api.product(price="3.00"))
    api.customer("Dora")

    names = OrderLine.objects.annotate(who=Upper("order__customer__name"))
    sums = Customer.objects.annotate(more=F("orders__subtotal") + 1).order_by("pk")

    assert names.get(who="CARL").who == "CARL"
    assert [row.more for row in sums] == [4, None]


def test_rows_are_grouped_and_ordered_by_what_is_computed(pens: list[Product]) -> None:
    Product.objects.create(name="Pencil", price=9)
    groups = Product.objects.values(length=Length("name")).annotate(number=Count("pk"))
    distinct = Product.objects.order_by(Lower("name")).values_list(Lower("name")).distinct()

    assert [*groups.order_by("-number").values_list("length", "number")] == [(5, 3), (6, 1)]
    assert [*distinct][-1] == ("pencil",)
    assert [*groups.order_by("-price").values_list("length", "number")][0] == (6, 1)
    assert [*groups.annotate(one=Value(1)).values_list("number", "one")][0][1] == 1
    assert groups.exists()
    with pytest.raises(NotSupportedError):  # whether it is null is not in the group
        list(groups.order_by(F("price").asc(nulls_last=True)))


def test_only_some_rows_are_summed(pens: list[Product]) -> None:
    found = Product.objects.aggregate(
        few=Sum("stock", filter=Q(price__lt=2)), average=Avg(F("stock") / 10), all=Count("stock")
    )

    assert found == {"few": 10, "average": 1.5, "all": 2}


def test_nulls_come_where_they_are_asked_to(pens: list[Product]) -> None:
    def ordered(**nulls: bool) -> list[list[int]]:
        stock = F("stock")
        orders = (stock.asc(**nulls), stock.desc(**nulls))
        return [prices(Product.objects.order_by(order)) for order in orders]

    assert ordered(nulls_last=True) == [[1, 2, 0], [2, 1, 0]]
    assert ordered(nulls_first=True) == [[0, 1, 2], [0, 2, 1]]


def test_nothing_is_computed_of_rows_that_are_not_wanted(pens: list[Product]) -> None:
    rows = Product.objects.filter(price__gt=0).annotate(part=Value(6) / F("price"))

    assert sorted(int(row.part) for row in rows) == [3, 6]


def test_a_value_and_a_condition_are_selected(pens: list[Product]) -> None:
    rows = Product.objects.annotate(one=Value(1), rich=Q(stock__gt=10)).order_by("one", "pk")

    assert [*rows.values_list("one", "rich")] == [(1, None), (1, False), (1, True)]


def test_days_and_weeks_begin_as_the_calendar_says(column_types: type[ColumnTypes]) -> None:
    column_types.objects.create(name="sunday", made=date(2026, 3, 1))
    column_types.objects.create(name="never")

    cut = column_types.objects.order_by("-name").values_list(
        TruncWeek("made"), TruncMonth("made"), ExtractWeekDay("made")
    )

    assert [*cut] == [(date(2026, 2, 23), date(2026, 3, 1), 1), (None, None, None)]


def test_a_moment_has_the_date_of_the_time_zone() -> None:
    moment = timezone.datetime.fromisoformat(LATE)
    IdempotencyRecord.objects.create(client="a", key="1", request="", body="", location="")
    IdempotencyRecord.objects.update(created=moment)

    with timezone.override("Europe/Berlin"):
        [found] = IdempotencyRecord.objects.values_list(TruncDate("created"), flat=True)
        assert found == date(2026, 3, 2)
        assert IdempotencyRecord.objects.filter(created__date=found, created__hour=0).count() == 1
    assert IdempotencyRecord.objects.filter(created__date=date(2026, 3, 1)).count() == 1


def test_a_subquery_is_asked_for_each_row(api: Api) -> None:
    for name, price in (("Carl", "3.00"), ("Carl", "4.00"), ("Dora", None)):
        customer = api.customer(name)
        if price:
            api.order(customer, api.product(price=price))
    theirs = Order.objects.filter(customer__name=OuterRef("name")).order_by("-subtotal")
    most = Customer.objects.annotate(most=Subquery(theirs.values("subtotal")[:1])).order_by("pk")

    assert [row.most for row in most] == [4, 4, None]
    assert Customer.objects.get(~Exists(theirs)).name == "Dora"
    assert Customer.objects.filter(~Q(orders__subtotal=3)).count() == 2
    assert not Customer.objects.filter(Exists(theirs.none())).exists()
    with pytest.raises(NotSupportedError):  # which one, if there are two?
        list(Customer.objects.annotate(most=Subquery(theirs.values("subtotal"))))


def test_an_aggregate_of_no_rows_is_a_row() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM products WHERE stock = %s", [1])
        assert cursor.fetchall() == [(0,)]
        assert cursor.fetchall() == []
    assert Product.objects.aggregate(n=Count("pk"), all=Sum("stock")) == {"n": 0, "all": None}


@pytest.mark.parametrize(
    "query",
    [
        lambda rows: list(rows.filter(pk__in=rows.filter(stock=F("price")).values("pk"))),
        lambda rows: rows.filter(stock=F("price")).update(stock=1),
        lambda rows: list(rows.annotate(n=Case(When(name__contains="P", then=Value(1))))),
        lambda rows: list(rows.annotate(n=F("stock").bitand(1))),
        lambda _: list(IdempotencyRecord.objects.annotate(n=F("created") + timedelta(1))),
        lambda rows: list(rows.annotate(n=FEW).values_list("n__price")),
    ],
    ids=[
        "IN",
        "where it writes",
        "LIKE in a CASE",
        "bits",
        "a duration",
        "two conditions of a join",
    ],
)
def test_what_cannot_be_computed_is_an_error(query, pens: list[Product]) -> None:
    with pytest.raises(NotSupportedError):
        query(Product.objects)
