"""The application on MongoDB, through Djongo."""

from __future__ import annotations

from urllib.parse import urlsplit

from settings import base
from settings.base import *  # noqa: F403
from settings.database_url import url

BACKEND = "djongo"
URL = url("DJONGO_URL", "mongodb", "mongodb+srv")
# Without a server for so many milliseconds the response is a 503; the URL may name another number.
OPTIONS = {} if "serverSelectionTimeoutMS=" in URL else {"serverSelectionTimeoutMS": 3000}
DATABASES = {
    "default": {
        "ENGINE": "backends.djongo",
        "HOST": URL,  # read by the driver: it may name several servers, or be a mongodb+srv:// one
        "NAME": urlsplit(URL).path[1:],
        "OPTIONS": OPTIONS,
    }
}

# No CHECK constraints either: the API and the admin enforce the rules, see docs/djongo.md.
SILENCED_SYSTEM_CHECKS = [*base.SILENCED_SYSTEM_CHECKS, "models.W027"]
