"""What concurrent transactions can see and overwrite; the sessions are in sessions.py."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.guarantees.cells import Observe
from tests.guarantees.sessions import Meet, prevented, side_by_side, transaction
from tests.orm.models import Tag

pytestmark = pytest.mark.django_db(transaction=True)


class RollBack(Exception):
    """Raised to end a transaction."""


@pytest.fixture
def pen() -> Tag:
    return Tag.objects.create(name="pen", weight=10)


def weight(tag: Tag) -> int:
    return Tag.objects.get(pk=tag.pk).weight


def change(tag: Tag, weight: int) -> None:
    Tag.objects.filter(pk=tag.pk).update(weight=weight)


@pytest.mark.feature("isolation", "dirty read prevented")
def test_a_change_is_not_read_before_it_is_committed(pen: Tag, observe: Observe) -> None:
    def write(meet: Meet) -> None:
        with suppress(RollBack), transaction():
            change(pen, 1)
            meet()  # the other reads now
            meet()
            raise RollBack

    def read(meet: Meet) -> int:
        meet()
        with transaction():
            found = weight(pen)
        meet()
        return found

    written, found = side_by_side(write, read)

    observe(prevented(found != 1, [written, found]))


@pytest.mark.feature("isolation", "non-repeatable read prevented")
def test_a_transaction_reads_a_row_twice_and_finds_the_same(pen: Tag, observe: Observe) -> None:
    def write(meet: Meet) -> None:
        meet()
        with transaction():
            change(pen, 1)
        meet()

    def read(meet: Meet) -> tuple[int, int]:
        with transaction():
            first = weight(pen)
            meet()  # the other writes and commits now
            meet()
            return first, weight(pen)

    written, found = side_by_side(write, read)

    observe(prevented(found != (10, 1), [written, found]))


@pytest.mark.feature("isolation", "phantom read prevented")
def test_a_transaction_counts_rows_twice_and_finds_as_many(pen: Tag, observe: Observe) -> None:
    def write(meet: Meet) -> None:
        meet()
        with transaction():
            Tag.objects.create(name="ink", weight=10)
        meet()

    def count(meet: Meet) -> tuple[int, int]:
        with transaction():
            first = Tag.objects.filter(weight=10).count()
            meet()  # the other inserts and commits now
            meet()
            return first, Tag.objects.filter(weight=10).count()

    written, found = side_by_side(write, count)

    observe(prevented(found != (1, 2), [written, found]))


def take(tag: Tag, pieces: int) -> Callable[[Meet], int]:
    """Return a transaction that reads how many there are, and writes how many are left."""

    def work(meet: Meet) -> int:
        with transaction():
            before = weight(tag)
            meet()  # both have read now
            change(tag, before - pieces)
        return pieces

    return work


@pytest.mark.feature("isolation", "lost update prevented: they write different values")
def test_two_transactions_change_what_both_have_read(pen: Tag, observe: Observe) -> None:
    results = side_by_side(take(pen, 1), take(pen, 2))

    taken = sum(pieces for pieces in results if isinstance(pieces, int))
    observe(prevented(weight(pen) == 10 - taken, results))


@pytest.mark.feature("isolation", "lost update prevented: both write the same value")
def test_two_transactions_write_the_same_value(pen: Tag, observe: Observe) -> None:
    results = side_by_side(take(pen, 1), take(pen, 1))

    taken = sum(pieces for pieces in results if isinstance(pieces, int))
    observe(prevented(weight(pen) == 10 - taken, results))


@pytest.mark.feature("isolation", "write skew prevented")
def test_two_transactions_each_rely_on_what_the_other_changes(pen: Tag, observe: Observe) -> None:
    ink = Tag.objects.create(name="ink", weight=10)

    def sell_out(own: Tag, other: Tag) -> Callable[[Meet], None]:
        def work(meet: Meet) -> None:
            with transaction():
                others = weight(other)
                meet()  # both have read now
                if others:
                    change(own, 0)

        return work

    results = side_by_side(sell_out(pen, ink), sell_out(ink, pen))

    observe(prevented(weight(pen) + weight(ink) > 0, results))
