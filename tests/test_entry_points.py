"""wsgi.py, asgi.py and rsgi.py run on the backend that is named, and load all its views first."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.serving import ROOT


@pytest.mark.parametrize("entry_point", ["wsgi", "asgi", "rsgi"])
def test_an_entry_point_has_loaded_all_views_of_the_named_backend(entry_point: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    script = f"""
from myproject.{entry_point} import application
from django.conf import settings
import sys
serves = callable(application) or hasattr(application, "__rsgi__")
print(settings.BACKEND, serves, settings.ROOT_URLCONF in sys.modules)"""

    said = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=kept | {"BACKEND": settings.BACKEND},
        capture_output=True,
        text=True,
    )

    assert (said.stdout, said.stderr) == (f"{settings.BACKEND} True True\n", "")
