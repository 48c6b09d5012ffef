"""Expressions become computed columns; Djongo without this engine parses none of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import NotSupportedError
from django.db.models import (
    Case,
    DecimalField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Q,
    Value,
    When,
)
from django.db.models.functions import (
    ExtractQuarter,
    ExtractWeekDay,
    TruncDate,
    TruncMonth,
    TruncTime,
    TruncWeek,
    Upper,
)
from django.utils import timezone

from bank.models import Customer, IdempotencyRecord, OrderLine, Product
from tests.api import Api
from tests.djongo.column_types import ColumnTypes

pytestmark = pytest.mark.django_db(transaction=True)
DECIMAL = DecimalField()
RECORDS = IdempotencyRecord.objects
FEW = FilteredRelation("lines", condition=Q(lines__quantity=1))
LATE = "2026-03-01T23:30:00+00:00"


def prices(rows: object) -> list[int]:
    return [int(row.price) for row in rows]


def test_columns_are_compared_with_the_null_semantics_of_sql(pens: list[Product]) -> None:
    more = Product.objects.filter(stock__gt=F("price") * 10 - 5).order_by("pk")
    other = Product.objects.annotate(twice=F("stock") * 2).order_by("pk")

    assert prices(more) == [1, 2]
    assert prices(more.filter(stock__lte=ExpressionWrapper(F("price") * 10, DECIMAL))) == [1, 2]
    assert prices(other.filter(twice=20)) == [1]
    assert prices(other.filter(~Q(twice=20))) == [2]  # in SQL, NULL <> 20 is not true
    assert prices(other.exclude(Q(twice=20) | Q(price=0))) == [2]
    assert other[:2].count() == 2


def test_an_expression_uses_columns_of_a_joined_table(api: Api) -> None:
    api.order(api.customer("Carl"), api.product(price="3.00"))
    api.customer("Dora")

    names = OrderLine.objects.annotate(who=Upper("order__customer__name"))
    sums = Customer.objects.annotate(more=F("orders__subtotal") + 1).order_by("pk")

    assert names.get(who="CARL").who == "CARL"
    assert [row.more for row in sums] == [4, None]


def test_nulls_first_and_nulls_last_order_nulls(pens: list[Product]) -> None:
    def ordered(**nulls: bool) -> list[list[int]]:
        stock = F("stock")
        orders = (stock.asc(**nulls), stock.desc(**nulls))
        return [prices(Product.objects.order_by(order)) for order in orders]

    assert ordered(nulls_last=True) == [[1, 2, 0], [2, 1, 0]]
    assert ordered(nulls_first=True) == [[0, 1, 2], [0, 2, 1]]


def test_expressions_are_computed_only_for_matching_rows(pens: list[Product]) -> None:
    rows = Product.objects.filter(price__gt=0).annotate(part=Value(6) / F("price"))

    assert sorted(int(row.part) for row in rows) == [3, 6]


def test_a_constant_and_a_condition_are_selected(pens: list[Product]) -> None:
    rows = Product.objects.annotate(one=Value(1), rich=Q(stock__gt=10)).order_by("one", "pk")

    assert [*rows.values_list("one", "rich")] == [(1, None), (1, False), (1, True)]


def test_dates_are_truncated_to_calendar_weeks_and_months(column_types: type[ColumnTypes]) -> None:
    column_types.objects.create(name="sunday", made=date(2026, 3, 1))
    column_types.objects.create(name="never")

    cut = column_types.objects.order_by("-name").values_list(
        TruncWeek("made"), TruncMonth("made"), ExtractWeekDay("made")
    )

    assert [*cut] == [(date(2026, 2, 23), date(2026, 3, 1), 1), (None, None, None)]


def test_a_datetime_is_converted_to_the_current_time_zone() -> None:
    RECORDS.create(client="a", key="1", request="", body="", location="")
    RECORDS.update(created=datetime.fromisoformat(LATE))

    with timezone.override("Europe/Berlin"):
        [found] = RECORDS.values_list(TruncDate("created"), flat=True)
        assert found == date(2026, 3, 2)
        assert RECORDS.filter(created__date=found, created__hour=0).count() == 1
    assert RECORDS.filter(created__date=date(2026, 3, 1)).count() == 1


@pytest.mark.parametrize(
    "query",
    [
        lambda rows: list(rows.filter(pk__in=rows.filter(stock=F("price")).values("pk"))),
        lambda rows: rows.filter(stock=F("price")).update(stock=1),
        lambda _: RECORDS.filter(created__month=1).delete(),
        lambda rows: list(rows.annotate(n=Q(stock=F("price")) ^ Q(price=1))),
        lambda rows: list(rows.annotate(n=Case(When(name__contains="P", then=Value(1))))),
        lambda rows: list(rows.annotate(n=F("stock").bitand(1))),
        lambda _: list(RECORDS.annotate(n=F("created") + timedelta(1))),
        lambda _: list(RECORDS.annotate(n=ExtractQuarter("created"))),
        lambda _: list(RECORDS.annotate(n=TruncTime("created"))),
        lambda rows: list(rows.annotate(n=FEW).values_list("n__price")),
    ],
    ids=[
        "IN",
        "a comparison of columns in an UPDATE",
        "the month in a DELETE",
        "XOR",
        "LIKE in a CASE",
        "a bitwise operator",
        "a duration",
        "a quarter",
        "a time of day",
        "a condition of a join",
    ],
)
def test_an_unsupported_expression_is_an_error(query, pens: list[Product]) -> None:
    with pytest.raises(NotSupportedError):
        query(Product.objects)
