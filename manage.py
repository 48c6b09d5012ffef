#!/usr/bin/env python
"""Django's command line, on the backend that BACKEND names (postgresql if it names none)."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError

import settings


def from_the_database(error: Exception) -> bool:
    """Whether the error is one of the server's, or says that the server did not answer.

    django-mongodb-backend and Djongo raise some of their driver's errors unchanged.
    """
    driver = type(error).__module__.partition(".")[0]
    known = isinstance(error, OperationalError | InterfaceError | ProgrammingError)
    return known or type(error) is DatabaseError or driver == "pymongo"


def main() -> None:
    """Run the command; an error that the user can correct is one line, not a traceback."""
    module = ""
    try:
        module = settings.choose()
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader has exited, with its own message: https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        sys.exit(f"There is no {module}: unset DJANGO_SETTINGS_MODULE, and set BACKEND.")
    except Exception as error:
        if "--traceback" in sys.argv or not from_the_database(error):
            raise
        backend = module.rpartition(".")[2]
        variable = f"{backend.upper()}_URL"
        # pymongo appends its timeouts and a description of every server.
        message = " ".join(str(error).partition(" (configured timeouts")[0].split()).rstrip(".?")
        sys.exit(
            f"The database does not answer, or refuses: {message}. Is {variable} right? "
            f"(Unset it, and `make serve BACKEND={backend}` starts a server.)"
        )


if __name__ == "__main__":
    main()
