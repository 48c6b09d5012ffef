"""Lookups search for literal text, not for regular expressions."""

from __future__ import annotations

import pytest

from bank.models import Customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["A.B", "(", "50% OFF_", "\\D", "[A] B"])
def test_iexact_escapes_regular_expressions(text: str) -> None:
    for name in (text.lower(), "axb", "7"):
        Customer.objects.create(name=name)

    found = Customer.objects.filter(name__iexact=text)

    assert [customer.name for customer in found] == [text.lower()]


def test_iexact_accepts_a_number() -> None:
    Customer.objects.create(name="7")

    assert Customer.objects.filter(name__iexact=7).count() == 1
