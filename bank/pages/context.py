"""What the templates of all pages know."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def backend(request: HttpRequest) -> dict[str, Any]:
    """Return the name of the backend, and whether it has versions."""
    return {
        "backend": settings.BACKEND,
        "has_versions": "versioning" in settings.INSTALLED_APPS,
    }
