"""What the backends with branches and commits share, Dolt and DoltLite."""

from __future__ import annotations

from settings.base import *  # noqa: F403
from settings.base import API_MIDDLEWARE, INSTALLED_APPS, MIDDLEWARE

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
DATABASE_ROUTERS = ["versioning.router.Router"]
VERSIONING_APPROVALS = 1  # that a change request needs before it is merged
