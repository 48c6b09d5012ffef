"""Adds the routers of version control to the bank's API."""

from __future__ import annotations

from bank.api.routes import api
from versioning.api import branches, commits, diffs, histories, merges, requests, reverts
from versioning.api.errors import add_error_handlers

add_error_handlers(api)
for part in (branches, commits, diffs, merges, reverts, requests):
    api.add_router("/dolt", part.router)
api.add_router("", histories.router)
