"""How texts are compared, and what keys are generated."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError
from django.db.models import Sum

from tests.guarantees.cells import Observe
from tests.orm.models import Author, Locker, Tag, Values

pytestmark = pytest.mark.django_db


def same(stored: str, sought: str) -> bool:
    """Whether `=` finds a text by another one."""
    Tag.objects.create(name=stored)
    return Tag.objects.filter(name=sought).exists()


@pytest.mark.feature("values", "= distinguishes capitals: 'Carl' is not 'carl'")
def test_a_text_is_sought_in_small_letters(observe: Observe) -> None:
    observe("no" if same("Carl", "carl") else "yes")


@pytest.mark.feature("values", "= distinguishes accents: 'é' is not 'e'")
def test_a_text_is_sought_without_its_accent(observe: Observe) -> None:
    observe("no" if same("é", "e") else "yes")


@pytest.mark.feature("values", "= distinguishes spaces at the end")
def test_a_text_is_sought_with_a_space_at_its_end(observe: Observe) -> None:
    observe("no" if same("Carl", "Carl ") else "yes")


@pytest.mark.feature("values", "ORDER BY sorts 'b' before 'C'")
def test_texts_are_sorted(observe: Observe) -> None:
    for name in ("C", "b", "a"):
        Author.objects.create(name=name)

    found = [*Author.objects.order_by("name").values_list("name", flat=True)]

    observe({"abC": "yes", "Cab": "no"}["".join(found)])


@pytest.mark.feature("values", "SUM of decimals keeps all digits")
def test_large_decimals_are_added(observe: Observe) -> None:
    for amount in ("99999999999999.0001", "0.0001"):
        Values.objects.create(amount=Decimal(amount))

    total = Values.objects.aggregate(total=Sum("amount"))["total"]

    observe("yes" if total == Decimal("99999999999999.0002") else "no")


@pytest.mark.feature("values", "generated keys are integers")
def test_a_key_is_generated(observe: Observe) -> None:
    observe("yes" if isinstance(Tag.objects.create(name="new").pk, int) else "no")


@pytest.mark.feature("constraints", "UNIQUE accepts several NULLs")
@pytest.mark.django_db(transaction=True)
def test_two_nulls_are_in_a_unique_column(observe: Observe) -> None:
    try:
        for _ in range(2):
            Locker.objects.create(number=None)
    except DatabaseError:
        pass

    observe("yes" if Locker.objects.count() == 2 else "no")
