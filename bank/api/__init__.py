"""The REST API; `bank.api.routes.api` has all of its routes."""
