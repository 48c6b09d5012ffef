"""The migrations, and the primary key that they share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string


def key() -> tuple[str, models.Field[Any, Any]]:
    """Return the primary key of a new model, of the type that the backend's settings name.

    `makemigrations` would write one type for all backends; MongoDB's is another.
    """
    automatic = import_string(settings.DEFAULT_AUTO_FIELD)
    return "id", automatic(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
