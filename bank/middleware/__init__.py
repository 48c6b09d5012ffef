"""Middleware of every request, in the order of settings.MIDDLEWARE."""
