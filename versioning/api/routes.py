"""Adds the routers of version control to the bank's API."""

from __future__ import annotations

from bank.api.routes import api
from versioning.api import branches, commits, diffs, histories, merges, requests
from versioning.api.errors import add_error_handlers

add_error_handlers(api)
api.add_router("/dolt", branches.router)
api.add_router("/dolt", commits.router)
api.add_router("", histories.router)
api.add_router("/dolt", requests.router)
api.add_router("/dolt", diffs.router)
api.add_router("/dolt", merges.router)
