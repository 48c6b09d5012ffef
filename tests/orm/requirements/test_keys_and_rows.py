"""Keys, single rows, batches and pages: the basic operations of a document store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import NotSupportedError, connection
from django.db.models import Q

from bank.transactions import retry_transaction
from tests.guarantees.cells import Observe
from tests.orm.library import book, books
from tests.orm.models import Book, Currency, Tag, Values
from tests.orm.observed import statements, support

pytestmark = pytest.mark.django_db


@pytest.mark.feature("Django's requirements", "string keys")
def test_an_object_is_found_by_its_key_as_a_string_and_a_key_may_be_one(
    observe: Observe,
) -> None:
    made, euro = Tag.objects.create(name="new"), Currency.objects.create(code="EUR", name="Euro")

    assert Tag.objects.get(pk=str(made.pk)) == made
    assert Currency.objects.get(pk="EUR") == euro
    observe(support(native=not isinstance(made.pk, int)))


@pytest.mark.feature("Django's requirements", "insert and update without a lookup")
def test_insert_and_update_need_no_lookup(observe: Observe) -> None:
    with statements() as sent:
        Currency(code="EUR", name="ECU").save(force_insert=True)
        assert Currency.objects.filter(pk="EUR").update(name="Euro") == 1

    assert [*Currency.objects.values_list("code", "name")] == [("EUR", "Euro")]
    observe(support(native=len(sent) == 2))


@pytest.mark.feature("Django's requirements", "upsert")
def test_an_upsert_inserts_or_updates_a_row(observe: Observe) -> None:
    natively = [_upsert(name) for name in ("ECU", "Euro")]

    assert [*Currency.objects.values_list("code", "name")] == [("EUR", "Euro")]
    observe(support(native=all(natively)))


def _upsert(name: str) -> bool:
    """Insert or update the row; return whether the database did so in one statement."""
    by = ["code"] if connection.features.supports_update_conflicts_with_target else None
    currency = Currency(code="EUR", name=name)
    try:
        Currency.objects.bulk_create(
            [currency], update_conflicts=True, update_fields=["name"], unique_fields=by
        )
    except NotSupportedError:
        currency.save()  # UPDATE, then INSERT if no row was updated
        return False
    return True


@pytest.mark.feature("Django's requirements", "bounded count")
def test_rows_are_counted_up_to_a_limit(observe: Observe) -> None:
    books(*"abcdef")

    with statements() as sent:
        assert (Book.objects.all()[:3].count(), Book.objects.all()[:9].count()) == (3, 6)

    counted_by_database = ["count" in statement.lower() for statement in sent]
    observe(support(native=counted_by_database == [True, True]))


@pytest.mark.feature("Django's requirements", "batch save and delete")
def test_rows_are_saved_and_deleted_in_batches(observe: Observe) -> None:
    with statements() as sent:
        Currency.objects.bulk_create([Currency(code=code, name="?") for code in "abc"])
        Currency.objects.bulk_update([Currency(code=code, name=code) for code in "abc"], ["name"])
        assert sorted(Currency.objects.values_list("pk", "name")) == [
            *zip("abc", "abc", strict=True)
        ]
        Currency.objects.filter(pk__in=[*"ab"]).delete()

    assert [*Currency.objects.values_list("name", flat=True)] == ["c"]
    observe(support(native=len(sent) == 4))


@pytest.mark.feature("Django's requirements", "optimistic transactions")
def test_the_second_optimistic_transaction_changes_nothing(observe: Observe) -> None:
    copy = book(copies=10)

    @retry_transaction
    def sell(seen: int) -> None:
        Book.objects.filter(pk=copy.pk).update(pages=1)
        if not Book.objects.filter(pk=copy.pk, copies=seen).update(copies=seen - 1):
            raise LookupError

    with statements() as sent:
        sell(seen=10)
    Book.objects.update(pages=2)
    with pytest.raises(LookupError):
        sell(seen=10)

    assert [*Book.objects.values_list("copies", "pages")] == [(9, 2)]
    observe(support(native=len(sent) == 2))


@pytest.mark.feature("Django's requirements", "keyset pagination with bookmarks")
def test_keyset_pagination_returns_every_row_once_in_order(observe: Observe) -> None:
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    for minutes in (0, 0, 1, 1, 1):  # rows with equal timestamps are ordered by key
        Values.objects.create(timestamp=begin + timedelta(minutes=minutes))

    with statements() as sent:
        pages, bookmark = [], ""
        while page := _page(bookmark):
            pages.append([each.pk for each in page])
            bookmark = f"{page[-1].timestamp.isoformat()} {page[-1].pk}"

    assert [len(page) for page in pages] == [2, 2, 1]
    assert sum(pages, []) == [
        *Values.objects.order_by("timestamp", "pk").values_list("pk", flat=True)
    ]
    observe(support(native=len(sent) == 4))


def _page(bookmark: str) -> list[Values]:
    """Return the two rows after the bookmark, a string of timestamp and key."""
    rows = Values.objects.order_by("timestamp", "pk")
    if bookmark:
        written, _, key = bookmark.partition(" ")
        timestamp = datetime.fromisoformat(written)
        rows = rows.filter(Q(timestamp__gt=timestamp) | Q(timestamp=timestamp, pk__gt=key))
    return [*rows[:2]]


@pytest.mark.feature("Django's requirements", "__in with 1,000 values")
def test_in_finds_a_thousand_values_in_one_query(observe: Observe) -> None:
    Currency.objects.bulk_create([Currency(code=f"{n:03}", name="?") for n in range(1000)])

    with statements() as sent:
        found = Currency.objects.filter(pk__in=[f"{n:03}" for n in range(1000)])
        assert len(found) == 1000

    observe(support(native=len(sent) == 1))
