"""Model fields that Django does not have."""

from __future__ import annotations

import zlib
from typing import Any

from django.db import models


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
