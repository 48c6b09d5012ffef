"""django-cockroachdb, with what our PostgreSQL engine adds to Django's."""

from __future__ import annotations

from django_cockroachdb import base

from backends.postgresql.base import Session


class DatabaseWrapper(Session, base.DatabaseWrapper):
    """The driver is the same, and a node that stops, drains or dies closes its connections too."""
