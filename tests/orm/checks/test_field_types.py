"""Values of every field type are read as they were written; dates are filtered by their parts."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models.functions import TruncMonth

from tests.orm.models import Document, Values

pytestmark = pytest.mark.django_db
LATE = datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)


def stored(**value: Any) -> Any:
    """Store this value and return it as it is read; it must also be found by an exact lookup."""
    [name] = value
    saved = Values.objects.create(**value)
    assert Values.objects.get(**value) == saved
    return getattr(Values.objects.get(pk=saved.pk), name)


@pytest.mark.feature("values", "decimals keep all digits")
def test_a_decimal_keeps_all_its_digits() -> None:
    amount = Decimal("99999999999999.0001")

    read = stored(amount=amount)

    assert (type(read), str(read)) == (Decimal, str(amount))


def test_a_uuid_is_read_as_a_uuid() -> None:
    token = uuid.UUID("12345678-1234-5678-1234-567812345678")

    assert stored(token=token) == token


@pytest.mark.feature("values", "datetimes keep microseconds")
def test_a_datetime_keeps_its_microseconds() -> None:
    timestamp = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)

    assert stored(timestamp=timestamp) == timestamp


def test_a_date_and_a_duration_are_read_unchanged() -> None:
    assert stored(day=date(1815, 12, 23)) == date(1815, 12, 23)
    assert stored(duration=timedelta(days=400, seconds=1)) == timedelta(days=400, seconds=1)


def test_bytes_that_are_not_valid_text_are_read_unchanged() -> None:
    assert bytes(stored(content=b"\x00\xff\x10")) == b"\x00\xff\x10"


def test_a_text_keeps_its_whitespace_and_characters_of_every_script() -> None:
    text = "  Jürgen\n日本語 🐍\t'\"\\ "

    assert stored(text=text) == text


def test_nulls_are_read_as_none() -> None:
    saved = Values.objects.create()

    read = Values.objects.get(pk=saved.pk)

    fields = [field.attname for field in Values._meta.fields if not field.primary_key]
    assert {getattr(read, name) for name in fields} == {None}


def test_a_json_document_is_read_unchanged() -> None:
    data = {"list": [1, 2.5, "x", None, True], "of": {"nested": {"": []}}}

    saved = Document.objects.create(data=data)

    assert Document.objects.get(pk=saved.pk).data == data


def test_a_datetime_is_filtered_by_its_date_day_hour_and_year() -> None:
    saved = Values.objects.create(timestamp=LATE)
    Values.objects.create(timestamp=LATE + timedelta(seconds=1))

    for lookup in (
        {"timestamp__date": LATE.date()},
        {"timestamp__day": 29},
        {"timestamp__hour": 23},
    ):
        assert Values.objects.get(**lookup) == saved
    assert Values.objects.filter(timestamp__year=2024).count() == 2


@pytest.mark.feature("queries", "dates(): DISTINCT with ORDER BY a computed column")
def test_dates_returns_each_month_once() -> None:
    for day in (date(2024, 3, 31), date(2024, 2, 1), date(2024, 2, 29)):
        Values.objects.create(day=day)

    assert [*Values.objects.dates("day", "month")] == [date(2024, 2, 1), date(2024, 3, 1)]


def test_truncmonth_truncates_a_datetime_to_its_month() -> None:
    Values.objects.create(timestamp=LATE)

    assert [*Values.objects.values_list(TruncMonth("timestamp"), flat=True)] == [
        datetime(2024, 2, 1, tzinfo=UTC)
    ]
