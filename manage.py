#!/usr/bin/env python
"""Django's command line, on the backend that BACKEND names (postgresql if it names none)."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

if __name__ == "__main__":
    backend = os.environ.get("BACKEND", "postgresql")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"settings.{backend}")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")
    except OperationalError as error:
        sys.exit(f"The database does not answer, or refuses: {error}")
