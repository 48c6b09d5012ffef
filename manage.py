#!/usr/bin/env python
"""Django's command line, on the backend that BACKEND names (postgresql if it names none)."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError


def from_the_database(error: Exception) -> bool:
    """Whether it is what the server said, or that it did not answer.

    django-mongodb-backend and Djongo let some of their driver's errors through as they are.
    """
    driver = type(error).__module__.partition(".")[0]
    return isinstance(error, OperationalError | InterfaceError) or driver == "pymongo"


def main() -> None:
    """Run the command; what a person can do something about is a line, not a traceback."""
    backend = os.environ.get("BACKEND", "postgresql")
    module = os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"settings.{backend}")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        sys.exit(f"There is no {module}: set BACKEND to the name of a module in settings/.")
    except Exception as error:
        if "--traceback" in sys.argv or not from_the_database(error):
            raise
        variable = f"{module.rpartition('.')[2].upper()}_URL"
        # pymongo goes on with its timeouts and all that it knows of every server.
        said = " ".join(str(error).partition(" (configured timeouts")[0].split()).rstrip(".?")
        sys.exit(f"The database does not answer, or refuses: {said}. Is {variable} right?")


if __name__ == "__main__":
    main()
