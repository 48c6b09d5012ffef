"""What the templates of all pages know."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from bank.engine import Engine


def backend(request: HttpRequest) -> dict[str, Any]:
    """Return the name of the backend, and the branch of its data if it is not the main one."""
    return {
        "backend": settings.BACKEND,
        "branch": Engine().side_branch,
        "has_versions": "versioning" in settings.INSTALLED_APPS,
    }
