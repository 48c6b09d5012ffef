"""The application on Dolt."""

from __future__ import annotations

from settings.base import *  # noqa: F403
from settings.base import API_MIDDLEWARE, INSTALLED_APPS, MIDDLEWARE
from settings.database_url import database

BACKEND = "dolt"
INSTALLED_APPS = ["versioning", *INSTALLED_APPS]
API_CALL_MIDDLEWARE = ["versioning.middleware.ApiBranch"]
API_MIDDLEWARE = [*API_MIDDLEWARE, *API_CALL_MIDDLEWARE]
_csrf = MIDDLEWARE.index("django.middleware.csrf.CsrfViewMiddleware")
MIDDLEWARE = [
    *MIDDLEWARE[:_csrf],
    "versioning.middleware.BranchForms",
    *MIDDLEWARE[_csrf:],
    "versioning.middleware.AdminBranch",
]
_bank = database(
    "DOLT_URL",
    "mysql",
    engine="versioning.engines.dolt",
    # In Dolt a transaction always sees the data as it was when the transaction began. Django
    # would set READ COMMITTED, which Dolt accepts but does not implement:
    # https://github.com/dolthub/dolt/issues/2007
    isolation_level="repeatable read",
)
_site = {**_bank, "ENGINE": "backends.dolt", "NAME": f"{_bank['NAME']}_site"}
DATABASES = {"default": _bank, "site": _site}
DATABASE_ROUTERS = ["versioning.router.Router"]
VERSIONING_APPROVALS = 1  # that a change request needs before it is merged
