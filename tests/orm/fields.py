"""Fields that store a set or a value object in a JSONField, on every backend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import models


class SetField(models.JSONField):
    """A set of strings, stored as a sorted list without duplicates."""

    def get_prep_value(self, value: Iterable[str]) -> Any:
        return super().get_prep_value(sorted(set(value)))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> set[str]:
        return set(super().from_db_value(value, expression, connection))


@dataclass(frozen=True)
class Address:
    street: str
    city: str


class AddressField(models.JSONField):
    """An Address, stored as a nested document."""

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(asdict(value) if isinstance(value, Address) else value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Address:
        return Address(**super().from_db_value(value, expression, connection))
