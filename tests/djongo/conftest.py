"""Fixtures of Djongo's tests."""

from __future__ import annotations

import pytest

from bank.models import Product
from tests.djongo.column_types import column_types

__all__ = ["column_types", "pens"]


@pytest.fixture
def pens() -> list[Product]:
    """Create three products, with a stock of NULL, 10 and 20."""
    made = [Product(name=f"Pen {n}", price=n, stock=n * 10 or None) for n in range(3)]
    return Product.objects.bulk_create(made)
