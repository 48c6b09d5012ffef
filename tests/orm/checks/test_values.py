"""A value comes back as it was; of a date the database knows the parts."""

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


def again(**value: Any) -> Any:
    """This value as it is read; it must also be found by itself."""
    [name] = value
    saved = Values.objects.create(**value)
    assert Values.objects.get(**value) == saved
    return getattr(Values.objects.get(pk=saved.pk), name)


def test_an_amount_comes_back_to_its_last_decimal() -> None:
    amount = Decimal("99999999999999.0001")

    read = again(amount=amount)

    assert (type(read), str(read)) == (Decimal, str(amount))


def test_a_uuid_comes_back_as_one() -> None:
    token = uuid.UUID("12345678-1234-5678-1234-567812345678")

    assert again(token=token) == token


def test_a_moment_comes_back_to_its_last_microsecond() -> None:
    moment = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)

    assert again(moment=moment) == moment


def test_a_date_and_a_duration_come_back() -> None:
    assert again(day=date(1815, 12, 23)) == date(1815, 12, 23)
    assert again(duration=timedelta(days=400, seconds=1)) == timedelta(days=400, seconds=1)


def test_bytes_come_back_also_those_that_are_no_text() -> None:
    assert bytes(again(content=b"\x00\xff\x10")) == b"\x00\xff\x10"


def test_a_text_comes_back_in_every_script_and_with_its_blanks() -> None:
    text = "  Jürgen\n日本語 🐍\t'\"\\ "

    assert again(text=text) == text


def test_what_is_missing_comes_back_as_none() -> None:
    saved = Values.objects.create()

    read = Values.objects.get(pk=saved.pk)

    fields = [field.attname for field in Values._meta.fields if not field.primary_key]
    assert {getattr(read, name) for name in fields} == {None}


def test_a_document_comes_back_with_all_that_is_in_it() -> None:
    data = {"list": [1, 2.5, "x", None, True], "of": {"nested": {"": []}}}

    saved = Document.objects.create(data=data)

    assert Document.objects.get(pk=saved.pk).data == data


def test_a_moment_is_found_by_its_date_its_year_and_its_hour() -> None:
    saved = Values.objects.create(moment=LATE)
    Values.objects.create(moment=LATE + timedelta(seconds=1))

    for lookup in ({"moment__date": LATE.date()}, {"moment__day": 29}, {"moment__hour": 23}):
        assert Values.objects.get(**lookup) == saved
    assert Values.objects.filter(moment__year=2024).count() == 2


def test_the_months_in_which_there_is_something_are_listed_once() -> None:
    for day in (date(2024, 3, 31), date(2024, 2, 1), date(2024, 2, 29)):
        Values.objects.create(day=day)

    assert [*Values.objects.dates("day", "month")] == [date(2024, 2, 1), date(2024, 3, 1)]


def test_a_moment_is_cut_off_to_its_month() -> None:
    Values.objects.create(moment=LATE)

    assert [*Values.objects.values_list(TruncMonth("moment"), flat=True)] == [
        datetime(2024, 2, 1, tzinfo=UTC)
    ]
