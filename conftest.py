"""The first that pytest loads: it says what is missing where no settings are named."""

from __future__ import annotations

import os
import sys

if "DJANGO_SETTINGS_MODULE" not in os.environ:
    sys.exit(
        "No database is named. Run `.venv/bin/python -m runner test postgresql`; an editor has to "
        "set DJANGO_SETTINGS_MODULE=settings.postgresql, and POSTGRESQL_URL to what "
        "`.venv/bin/python -m runner up postgresql` prints and serves meanwhile."
    )
