"""Columns that Django does not have."""

from __future__ import annotations

import zlib
from typing import Any

from django.db import models


class CompressedTextField(models.BinaryField):
    """A text, stored as the zlib-compressed bytes of its UTF-8. It cannot be searched."""

    def from_db_value(self, value: Any, *where: Any) -> str | None:
        """The text of these bytes; psycopg2 hands out a memoryview of them."""
        return None if value is None else zlib.decompress(bytes(value)).decode()

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The bytes of this text."""
        compressed = None if value is None else zlib.compress(value.encode())
        return super().get_db_prep_value(compressed, connection, prepared)

    def to_python(self, value: Any) -> Any:
        """The text itself; BinaryField would take it for base64."""
        return value
