"""Fixtures of the tests of Djongo."""

from __future__ import annotations

import pytest

from bank.models import Product
from tests.djongo.column_types import column_types

__all__ = ["column_types", "pens"]


@pytest.fixture
def pens() -> list[Product]:
    """Three products, of which none, 10 and 20 are in stock."""
    made = [Product(name=f"Pen {n}", price=n, stock=n * 10 or None) for n in range(3)]
    return Product.objects.bulk_create(made)
