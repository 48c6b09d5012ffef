"""django-cockroachdb, with the health check of our PostgreSQL engine."""

from __future__ import annotations

from django_cockroachdb import base

from backends.postgresql.base import DatabaseWrapper as PostgreSQL


class DatabaseWrapper(base.DatabaseWrapper):
    # The driver is the same, and a node that stops, drains or dies closes its connections too.
    is_usable = PostgreSQL.is_usable
