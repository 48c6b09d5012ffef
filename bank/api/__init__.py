"""The REST API, and what only HTTP needs. `bank.api.routes.api` is all of it."""
