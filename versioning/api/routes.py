"""Adds the routers of version control to the bank's API."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from bank.api.problems import Problem
from bank.api.routes import api
from versioning.api import branches, commits, diffs, histories, merges, requests, reverts
from versioning.api.errors import add_error_handlers
from versioning.api.parameters import add_parameters
from versioning.api.version_examples import add_version_examples

NO_KEY = (
    "Stored answers are of a branch, so none are kept here. Name commits by their hashes: the same "
    "revert, cherry-pick, restore or merge changes nothing when it is repeated."
)
View = Callable[..., HttpResponse]


def without_key(view: View) -> View:
    """Decorate a view: an Idempotency-Key is refused, because ignoring it would break a promise."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "Idempotency-Key" in request.headers:
            wrong = {"header": "Idempotency-Key", "detail": NO_KEY}
            raise Problem(422, "The request is not valid.", errors=[wrong])
        return view(request, *args, **kwargs)

    return wrapper


add_error_handlers(api)
for part in (branches, commits, diffs, histories, merges, requests, reverts):
    part.router.add_decorator(without_key)
    api.add_router("" if part is histories else "/dolt", part.router)
api.additions += [add_version_examples, add_parameters]
