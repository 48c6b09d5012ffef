"""wsgi.py, asgi.py and rsgi.py run on the backend that is named."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.serving import ROOT


@pytest.mark.parametrize("entry_point", ["wsgi", "asgi", "rsgi"])
def test_an_entry_point_runs_on_the_backend_that_the_variable_names(entry_point: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    script = f"""
from myproject.{entry_point} import application
from django.conf import settings
print(settings.BACKEND, callable(application) or hasattr(application, "__rsgi__"))"""

    said = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=kept | {"BACKEND": settings.BACKEND},
        capture_output=True,
        text=True,
    )

    assert (said.stdout, said.stderr) == (f"{settings.BACKEND} True\n", "")
