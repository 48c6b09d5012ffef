"""What the migrations share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string


def key() -> tuple[str, models.Field[Any, Any]]:
    """What `makemigrations` would write, were it not for backends with keys of their own type."""
    automatic = import_string(settings.DEFAULT_AUTO_FIELD)
    return "id", automatic(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
