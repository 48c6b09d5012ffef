"""Columns and constraints that several models use, and their limits."""

from __future__ import annotations

import secrets
import zlib
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import CheckConstraint, Q

Key = Any  # an integer on SQL backends, an ObjectId on MongoDB
MAX_AMOUNT = Decimal("9999999999999999.99")
AMOUNT_PATTERN = r"^[0-9]{1,16}(\.[0-9]{1,2})?$"  # of an amount that is written as a string
MAX_COUNT = 2**31 - 1  # pieces in stock, and in an order


def money(**options: Any) -> models.DecimalField:
    """An amount up to 9999999999999999.99, exact to the cent on every backend."""
    return models.DecimalField(max_digits=18, decimal_places=2, **options)


def rule(name: str, condition: Q, message: str) -> CheckConstraint:
    """A CHECK constraint, and the message of a form that violates it."""
    return CheckConstraint(condition=condition, name=name, violation_error_message=message)


def new_token() -> int:
    """Return a random number of 63 bits, so that two calls practically never return the same."""
    return secrets.randbits(63)


class CompressedTextField(models.BinaryField):
    """A text that is stored as UTF-8, compressed by zlib. It cannot be searched."""

    def from_db_value(self, value: Any, *where: Any) -> str | None:
        """Return the text of these bytes, which psycopg2 returns as a memoryview."""
        return None if value is None else zlib.decompress(bytes(value)).decode()

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return the compressed bytes of this text."""
        compressed = None if value is None else zlib.compress(value.encode())
        return super().get_db_prep_value(compressed, connection, prepared)

    def to_python(self, value: Any) -> Any:
        """Return the text itself; BinaryField would decode it as base64."""
        return value
